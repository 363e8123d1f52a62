/*
 * The public constructs of the package webex-token-vault: the two stacks of a deployment, for an App with other stacks. The parts
 * of a stack are internal, because they trust the resolved deployment of their stack.
 */
export { defineDeployment, type Deployment, type DeploymentInput } from '../lib/declaration/define-deployment';
export type { DeploymentStackProps } from './deployment-stack';
export { VaultServer } from './server/vault-server';
export { WebexTokens } from './tokens/webex-tokens';
