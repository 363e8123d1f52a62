import type { Deployment } from './deployment';
import {
  appPolicyName,
  authorizerPolicyName,
  provisionerPolicyName,
  type AuthorizerRights,
  type ProvisionerRights,
} from './policies';

/** What a deployment's authorizer may do. */
export function authorizerRights({ engine, integrations, credentials }: Deployment): AuthorizerRights {
  return { mountPath: engine.mountPath, integrations, credentials };
}

/** What a deployment's provisioner may do. */
export function provisionerRights(deployment: Deployment): ProvisionerRights {
  const { mountPath, plugin } = deployment.engine;
  return {
    policyName: provisionerPolicyName(mountPath),
    mountPath,
    pluginName: plugin.register ? plugin.name : undefined,
    appRolePath: deployment.appRolePath,
    declareAppRole: deployment.declareAppRole,
    integrationNames: deployment.integrations.map(({ name }) => name),
    apps: deployment.apps.map(({ name }) => ({ name, policyName: appPolicyName(mountPath, name) })),
    authorizerPolicyName: authorizerPolicyName(mountPath),
  };
}
