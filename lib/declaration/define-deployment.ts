/*
 * The package's entry webex-token-vault/deployment, for a file that declares a deployment. Every command reads that file,
 * and none shall wait for CDKTF to load.
 */
export { defineDeployment, type Deployment, type DeploymentInput } from './schema/deployment';
