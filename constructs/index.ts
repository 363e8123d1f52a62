/*
 * The public constructs of the package webex-token-vault: the two stacks of a deployment, for an App with other stacks.
 * Their parts are internal, because each trusts the resolved deployment of its stack.
 */
export { defineDeployment, type Deployment, type DeploymentInput } from '../lib/declaration/define-deployment';
export type { DeploymentStackProps } from './deployment-stack';
export { VaultServer } from './server/vault-server';
export { WebexTokens } from './tokens/webex-tokens';
