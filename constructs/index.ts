/*
 * The public constructs of the package webex-token-vault: the two stacks of a deployment, in an App of one's own beside
 * other stacks. Their parts are internal: each takes what the stack has resolved, and checks nothing by itself.
 */
export { defineDeployment, type Deployment, type DeploymentInput } from '../lib/declaration/define-deployment';
export type { DeploymentStackProps } from './deployment-stack';
export { VaultServer } from './server/vault-server';
export { WebexTokens } from './tokens/webex-tokens';
