import { findIntegration, type Deployment } from './deployment';
import type { AuthorizerRights, ProvisionerRights } from './policies';
import { appPolicyName, authorizerPolicyName, formerPolicyNames, provisionerPolicyName } from './policy-names';
import { vaultName } from './vault-name';

/** What a deployment's authorizer may do. */
export function authorizerRights(deployment: Deployment): AuthorizerRights {
  const { engine, integrations, credentials } = deployment;
  return {
    mountPath: engine.mountPath,
    integrations: integrations.map((integration) => ({ ...integration, name: vaultName(integration) })),
    credentials: credentials.map((credential) => ({
      ...credential,
      integration: vaultName(findIntegration(deployment, credential.integration)),
    })),
  };
}

/** What a deployment's provisioner may do. */
export function provisionerRights(deployment: Deployment): ProvisionerRights {
  const { mountPath, movedFrom, plugin } = deployment.engine;
  const appNames = deployment.apps.map(vaultName);
  return {
    policyName: provisionerPolicyName(mountPath),
    mountPath,
    movedFrom,
    pluginName: plugin.register ? plugin.name : undefined,
    appRolePath: deployment.appRolePath,
    declareAppRole: deployment.declareAppRole,
    integrationNames: deployment.integrations.map(vaultName),
    apps: appNames.map((name) => ({ name, policyName: appPolicyName(mountPath, name) })),
    appPolicyPrefix: appPolicyName(mountPath, ''),
    authorizerPolicyName: authorizerPolicyName(mountPath),
    formerPolicyNames: [
      ...formerPolicyNames(mountPath, appNames),
      ...(movedFrom === undefined ? [] : policyNamesAt(movedFrom, appNames)),
    ],
  };
}

/** What a provisioner wrote for the engine at that mount. */
function policyNamesAt(mountPath: string, appNames: readonly string[]): string[] {
  return [
    ...appNames.map((name) => appPolicyName(mountPath, name)),
    authorizerPolicyName(mountPath),
    ...formerPolicyNames(mountPath, appNames),
  ];
}
