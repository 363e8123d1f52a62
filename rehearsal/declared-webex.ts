import { findCredential, findIntegration } from '../lib/declaration/derived/by-name';
import type { Credential, Deployment } from '../lib/declaration/schema/deployment';
import { isServiceApp, type ServiceAppCredential } from '../lib/declaration/schema/credential-declaration';
import { DEVICE_REDIRECT_URLS } from '../lib/webex/device-grant';
import type { SimulatedClient, SimulatedServiceApp } from './webex/simulated-client';
import { DEFAULT_USERS, simulatedAdministrator, type SimulatedUser } from './webex/simulated-user';
import { WebexSimulator } from './webex/webex-simulator';

/**
 * A simulated Webex with the integrations, Service Apps, owners and Control Hub authorizations of a declaration.
 *
 * @param secrets client secrets by the names of their integrations
 * @param declared has more redirect URLs of the integrations
 */
export async function startDeclaredWebex(
  deployment: Deployment,
  secrets: ReadonlyMap<string, string>,
  declared: Deployment = deployment,
): Promise<WebexSimulator> {
  const apps = deployment.credentials.filter(isServiceApp);
  const webex = await WebexSimulator.start({
    users: [
      ...DEFAULT_USERS,
      ...owners(deployment),
      ...apps.map(({ serviceApp }) => administratorOf(serviceApp.organizationId)),
    ],
    clients: clientsOf(deployment, secrets, declared),
    // Several organizations may authorize one Service App.
    serviceApps: [...new Map(apps.map((app) => [app.serviceApp.id, app])).values()].map((app) =>
      serviceAppOf(deployment, app, secrets),
    ),
  });
  for (const { serviceApp } of apps) {
    webex.serviceApps.authorize(serviceApp.id, serviceApp.organizationId);
  }
  return webex;
}

/** The people who consent and are no default users, each in the declared organization. */
function owners({ credentials }: Deployment): SimulatedUser[] {
  const people = new Map<string, SimulatedUser>();
  for (const credential of credentials) {
    const email = consenterOf(credential);
    if (email !== undefined && !DEFAULT_USERS.some((user) => user.email === email)) {
      const { orgId } = simulatedAdministrator(email);
      people.set(email, { ...simulatedAdministrator(email), orgId: credential.organization?.id ?? orgId });
    }
  }
  return [...people.values()];
}

/** Email of the person who consents to a credential. @returns undefined if anybody may */
export function consenterOf({ owner, organization }: Credential): string | undefined {
  return owner ?? (organization?.id === undefined ? undefined : `admin@${organization.name.toLowerCase()}.example`);
}

function administratorOf(orgId: string): SimulatedUser {
  return { ...simulatedAdministrator('admin@service-app.example'), orgId };
}

function clientsOf(
  { integrations, credentials }: Deployment,
  secrets: ReadonlyMap<string, string>,
  declared: Deployment,
): SimulatedClient[] {
  const isOfServiceApp = (name: string): boolean =>
    credentials.some((credential) => credential.integration === name && isServiceApp(credential));
  return integrations
    .filter(({ name }) => !isOfServiceApp(name))
    .map(({ name, clientId = '', redirectUrl }) => ({
      clientId,
      clientSecret: secrets.get(name) ?? '',
      redirectUrls: [redirectUrl, findIntegration(declared, name).redirectUrl, ...DEVICE_REDIRECT_URLS],
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
    // The requesting account must belong to the organization that owns the app.
    ownerOrgId: isServiceApp(asker)
      ? asker.serviceApp.organizationId
      : asker.owner === undefined
        ? undefined
        : simulatedAdministrator(asker.owner).orgId,
  };
}
