/*
 * What the package webex-token-vault promises: the constructs, alone or in a stack of one's own, and the two stacks of a
 * deployment.
 */
export { defineDeployment, type Deployment, type DeploymentInput } from '../lib/declaration/define-deployment';
export type { DeploymentStackProps } from './deployment-stack';

export { AppIdentity, type AppIdentityProps } from './tokens/app-identity';
export { AuthMethod, type AuthMethodProps } from './tokens/auth-method';
export { Engine, type EngineProps } from './tokens/engine';
export { HealingSecrets, type HealingSecretsProps } from './tokens/healing-secrets';
export { Integration, type IntegrationProps } from './tokens/integration';
export { OperatorPolicy, type OperatorPolicyProps } from './tokens/operator-policy';
export { People, type PeopleProps } from './tokens/people';
export { Records, type RecordsProps } from './tokens/records';
export { WebexTokens } from './tokens/webex-tokens';

export { KmsSeal, type KmsSealProps } from './server/kms-seal';
export { KubernetesServer, type KubernetesServerProps } from './server/kubernetes-server';
export { ProductionServer, type ProductionServerProps } from './server/production-server';
export { ProductionServerContainer, type ProductionServerContainerProps } from './server/production-server-container';
export { Seal } from './server/seal';
export { ServerCluster, type ServerClusterProps } from './server/server-cluster';
export { ServerConfiguration, type ServerConfigurationProps } from './server/server-configuration';
export { StaticSeal, type StaticSealProps } from './server/static-seal';
export { TransitSeal, type TransitSealProps } from './server/transit-seal';
export { VaultServer } from './server/vault-server';
export { VaultServerContainer, type VaultServerContainerProps } from './server/vault-server-container';
