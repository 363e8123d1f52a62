import { findIntegration, type Deployment } from './deployment';
import type { AuthorizerRights, ProvisionerRights } from './policies';
import type { ObserverRights } from './observer-policy';
import {
  appPolicyName,
  authorizerPolicyName,
  formerPolicyNames,
  observerPolicyName,
  provisionerPolicyName,
} from './policy-names';
import { vaultName } from './vault-name';

/** What a deployment's authorizer may do. */
export function authorizerRights(deployment: Deployment): AuthorizerRights {
  const { engine, integrations, credentials } = deployment;
  return {
    mountPath: engine.mountPath,
    recordsPath: engine.recordsPath,
    integrations: integrations.map((integration) => ({ ...integration, name: vaultName(integration) })),
    credentials: credentials.map((credential) => ({
      ...credential,
      integration: vaultName(findIntegration(deployment, credential.integration)),
    })),
  };
}

/** What a deployment's observer may do. */
export function observerRights(deployment: Deployment): ObserverRights {
  const { engine, integrations, credentials, apps, appRolePath } = deployment;
  return {
    mountPath: engine.mountPath,
    recordsPath: engine.recordsPath,
    integrationNames: integrations.map(vaultName),
    credentialNames: credentials.map(({ name }) => name),
    appRolePath,
    appNames: apps.map(vaultName),
  };
}

/** What a deployment's provisioner may do. */
export function provisionerRights(deployment: Deployment): ProvisionerRights {
  const { mountPath, recordsPath, movedFrom, plugin } = deployment.engine;
  const appNames = deployment.apps.map(vaultName);
  return {
    policyName: provisionerPolicyName(mountPath),
    mountPath,
    recordsPath,
    movedFrom,
    pluginName: plugin.register ? plugin.name : undefined,
    appRolePath: deployment.appRolePath,
    declareAppRole: deployment.declareAppRole,
    integrationNames: deployment.integrations.map(vaultName),
    apps: appNames.map((name) => ({ name, policyName: appPolicyName(mountPath, name) })),
    appPolicyPrefix: appPolicyName(mountPath, ''),
    operatorPolicyNames: [authorizerPolicyName(mountPath), observerPolicyName(mountPath)],
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
    observerPolicyName(mountPath),
    ...formerPolicyNames(mountPath, appNames),
  ];
}
