import { rolePath } from '../derived/app-login';
import { findIntegration } from '../derived/by-name';
import type { Deployment } from '../schema/deployment';
import { identityMethods, loginOf, oidcPath } from '../derived/logins';
import { oidcRoles } from '../derived/oidc-method';
import type { AuthorizerRights } from './authorizer-policy';
import type { ProvisionerRights } from './provisioner-policy';
import type { HealerRights } from './healer-policy';
import { healingCredentials, healingIntegrations } from '../derived/healing-credentials';
import { healingPathOf } from '../schema/healing-path';
import type { ObserverRights } from './observer-policy';
import {
  appPolicyName,
  authorizerPolicyName,
  healerPolicyName,
  issuerPolicyName,
  observerPolicyName,
  provisionerPolicyName,
} from '../derived/policy-names';
import { nameInVault } from '../schema/vault-name';

/** What a deployment's authorizer may do. */
export function authorizerRights(deployment: Deployment): AuthorizerRights {
  const { engine, integrations, credentials } = deployment;
  return {
    mountPath: engine.mountPath,
    recordsPath: engine.recordsPath,
    integrations: integrations.map((integration) => ({ ...integration, name: nameInVault(integration) })),
    credentials: credentials.map((credential) => ({
      ...credential,
      integration: nameInVault(findIntegration(deployment, credential.integration)),
    })),
  };
}

/** What a deployment's observer may do. */
export function observerRights(deployment: Deployment): ObserverRights {
  const { engine, integrations, credentials, appRole } = deployment;
  return {
    mountPath: engine.mountPath,
    recordsPath: engine.recordsPath,
    integrationNames: integrations.map(nameInVault),
    credentialNames: credentials.map(({ name }) => name),
    appRolePath: appRole.path,
    identityMethods: identityMethods(deployment).map(({ path, type }) => ({ path, type })),
    peoplePath: oidcPath(deployment),
  };
}

/** What a deployment's healer may do. @returns undefined where nothing heals */
export function healerRights(deployment: Deployment): HealerRights | undefined {
  const { mountPath, recordsPath } = deployment.engine;
  const credentials = healingCredentials(deployment).map(({ name, serviceApp, integration }) => ({
    name,
    requestedBy: serviceApp.requestedBy,
    integration: nameInVault(findIntegration(deployment, integration)),
  }));
  return credentials.length === 0
    ? undefined
    : { mountPath, recordsPath, healingPath: healingPathOf(mountPath), credentials };
}

/** What a deployment's provisioner may do. */
export function provisionerRights(deployment: Deployment): ProvisionerRights {
  const { mountPath, recordsPath, movedFrom, plugin } = deployment.engine;
  const appNames = deployment.apps.map(nameInVault);
  return {
    policyName: provisionerPolicyName(mountPath),
    mountPath,
    recordsPath,
    movedFrom,
    pluginName: plugin.manage ? plugin.name : undefined,
    appRolePath: deployment.appRole.path,
    manageAppRole: deployment.appRole.manage,
    integrationNames: deployment.integrations.map(nameInVault),
    apps: deployment.apps.map((app) => ({
      name: nameInVault(app),
      policyName: appPolicyName(mountPath, nameInVault(app)),
      rolePath: app.identity === undefined ? undefined : rolePath(loginOf(deployment, app), app),
    })),
    identityMethods: identityMethods(deployment)
      .filter(({ isManaged }) => isManaged)
      .map(({ path, type }) => ({ path, type })),
    appPolicyPrefix: appPolicyName(mountPath, ''),
    operatorPolicyNames: [
      ...operatorPolicyNames(mountPath),
      ...(hasIssuers(deployment) ? [issuerPolicyName(mountPath)] : []),
    ],
    people: peopleRights(deployment),
    healingPath: healingPathOf(mountPath),
    healingIntegrationNames: healingIntegrations(deployment),
    movedPolicyNames: [
      ...(movedFrom === undefined ? [] : policyNamesAt(movedFrom, appNames)),
      ...(movedFrom === undefined || !hasIssuers(deployment) ? [] : [issuerPolicyName(movedFrom)]),
    ],
  };
}

function peopleRights(deployment: Deployment): ProvisionerRights['people'] {
  const path = oidcPath(deployment);
  return path === undefined
    ? undefined
    : {
        path,
        roleNames: oidcRoles(deployment).map(({ operator }) => operator),
        undeclaredPolicyName: hasIssuers(deployment) ? undefined : issuerPolicyName(deployment.engine.mountPath),
      };
}

/** Whether people act as issuers, who have a policy of their own. */
function hasIssuers(deployment: Deployment): boolean {
  return oidcRoles(deployment).some(({ operator }) => operator === 'issuer');
}

/** Apps to which secret ids are issued, by the names of their roles. */
export function issuedAppNames({ apps }: Deployment): string[] {
  return apps.filter(({ identity }) => identity === undefined).map(nameInVault);
}

/** What a provisioner wrote for the engine at that mount. */
function policyNamesAt(mountPath: string, appNames: readonly string[]): string[] {
  return [...appNames.map((name) => appPolicyName(mountPath, name)), ...operatorPolicyNames(mountPath)];
}

/** Of those operators whose policy stack `webex-tokens` writes, or may have written. */
function operatorPolicyNames(mountPath: string): string[] {
  return [authorizerPolicyName(mountPath), observerPolicyName(mountPath), healerPolicyName(mountPath)];
}
