import { findCredential } from '../lib/declaration/derived/by-name';
import type { Deployment } from '../lib/declaration/schema/deployment';
import { isServiceApp, type ServiceAppCredential } from '../lib/declaration/schema/service-app';
import { DEVICE_REDIRECT_URLS } from '../lib/webex/device-grant';
import type { SimulatedClient, SimulatedServiceApp } from './webex/simulated-client';
import { DEFAULT_USERS, simulatedAdministrator, type SimulatedUser } from './webex/simulated-user';
import { WebexSimulator, type WebexSimulatorOptions } from './webex/webex-simulator';

/**
 * A simulated Webex that has all that a declaration takes for granted: its integrations and Service Apps, those who are
 * declared to consent, and the administrators' word in Control Hub.
 *
 * @param secrets client secrets by the names of their integrations
 */
export async function startDeclaredWebex(
  deployment: Deployment,
  secrets: ReadonlyMap<string, string>,
  options: Omit<WebexSimulatorOptions, 'clients' | 'serviceApps' | 'users'> = {},
): Promise<WebexSimulator> {
  const apps = deployment.credentials.filter(isServiceApp);
  const webex = await WebexSimulator.start({
    ...options,
    users: [
      ...DEFAULT_USERS,
      ...owners(deployment),
      ...apps.map(({ serviceApp }) => administratorOf(serviceApp.organizationId)),
    ],
    clients: clientsOf(deployment, secrets),
    serviceApps: apps.map((app) => serviceAppOf(deployment, app, secrets)),
  });
  for (const { serviceApp } of apps) {
    webex.authorizeServiceApp(serviceApp.id, serviceApp.organizationId);
  }
  return webex;
}

/** Those who are declared to consent, and nobody knows. */
function owners({ credentials }: Deployment): SimulatedUser[] {
  const known = DEFAULT_USERS.map(({ email }) => email);
  const declared = new Set(credentials.flatMap(({ owner }) => owner ?? []));
  return [...declared].filter((email) => !known.includes(email)).map(simulatedAdministrator);
}

function administratorOf(orgId: string): SimulatedUser {
  return { ...simulatedAdministrator('admin@service-app.example'), orgId };
}

function clientsOf({ integrations, credentials }: Deployment, secrets: ReadonlyMap<string, string>): SimulatedClient[] {
  const isOfServiceApp = (name: string): boolean =>
    credentials.some((credential) => credential.integration === name && isServiceApp(credential));
  return integrations
    .filter(({ name }) => !isOfServiceApp(name))
    .map(({ name, clientId = '', redirectUrl }) => ({
      clientId,
      clientSecret: secrets.get(name) ?? '',
      redirectUrls: [redirectUrl, ...DEVICE_REDIRECT_URLS],
      scopes: credentials.filter(({ integration }) => integration === name).flatMap(({ scopes }) => scopes),
    }));
}

function serviceAppOf(
  deployment: Deployment,
  { integration, scopes, serviceApp }: ServiceAppCredential,
  secrets: ReadonlyMap<string, string>,
): SimulatedServiceApp {
  const asker = findCredential(deployment, serviceApp.requestedBy);
  return {
    applicationId: serviceApp.id,
    clientId: deployment.integrations.find(({ name }) => name === integration)?.clientId ?? '',
    clientSecret: secrets.get(integration) ?? '',
    scopes: [...scopes],
    // The account that asks has to be of the organization that owns it.
    ownerOrgId: isServiceApp(asker)
      ? asker.serviceApp.organizationId
      : asker.owner === undefined
        ? undefined
        : simulatedAdministrator(asker.owner).orgId,
  };
}
