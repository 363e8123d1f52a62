import type { Deployment } from './deployment';
import type { AuthorizerRights, ProvisionerRights } from './policies';
import { appPolicyName, authorizerPolicyName, formerPolicyNames, provisionerPolicyName } from './policy-names';

/** What a deployment's authorizer may do. */
export function authorizerRights({ engine, integrations, credentials }: Deployment): AuthorizerRights {
  return { mountPath: engine.mountPath, integrations, credentials };
}

/** What a deployment's provisioner may do. */
export function provisionerRights(deployment: Deployment): ProvisionerRights {
  const { mountPath, plugin } = deployment.engine;
  const appNames = deployment.apps.map(({ name }) => name);
  return {
    policyName: provisionerPolicyName(mountPath),
    mountPath,
    pluginName: plugin.register ? plugin.name : undefined,
    appRolePath: deployment.appRolePath,
    declareAppRole: deployment.declareAppRole,
    integrationNames: deployment.integrations.map(({ name }) => name),
    apps: appNames.map((name) => ({ name, policyName: appPolicyName(mountPath, name) })),
    authorizerPolicyName: authorizerPolicyName(mountPath),
    formerPolicyNames: formerPolicyNames(mountPath, appNames),
  };
}
