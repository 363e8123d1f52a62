import { isServiceApp } from '../../declaration/schema/credential-declaration';
import type { Deployment } from '../../declaration/schema/deployment';
import { webexKey } from '../../webex/webex-key';
import type { OrganizationRecord } from './organizations-file';

/*
 * Organizations whose last event the declaration does not fit. An organization becomes a credential only by the declaration.
 */

/** An organization that authorized a Service App, and for which no credential is declared. */
export interface CameOrganization {
  readonly change: 'came';
  readonly organizationId: string;
  readonly applicationId: string;
  /** Name of the integration of the Service App. @default - no credential is declared for it */
  readonly integration?: string;
  /** Family of the credentials of the Service App, which has a line for each organization. @default - there is none */
  readonly family?: string;
  readonly authorizedAt: Date;
  readonly receivedAt: Date;
}

/** An organization that withdrew the authorization, and for which a credential is declared. Its grant has ended. */
export interface WentOrganization extends Omit<CameOrganization, 'change' | 'family'> {
  readonly change: 'went';
  readonly integration: string;
  /** Name of the credential. */
  readonly credential: string;
}

export type WaitingOrganization = CameOrganization | WentOrganization;

/** Those that wait for a person, in the order of their events. */
export function waitingOrganizations(
  { credentials }: Pick<Deployment, 'credentials'>,
  records: readonly OrganizationRecord[],
): WaitingOrganization[] {
  const serviceApps = credentials.filter(isServiceApp);
  const integrations = new Map(
    serviceApps.map(({ serviceApp, integration }) => [webexKey(serviceApp.id), integration]),
  );
  const families = new Map(
    serviceApps.flatMap(({ serviceApp, organization }) =>
      organization === undefined ? [] : [[webexKey(serviceApp.id), organization.family] as const],
    ),
  );
  const declared = new Map(serviceApps.map(({ serviceApp, name }) => [keyOf(serviceApp.id, serviceApp), name]));
  return records.flatMap(({ event, ...facts }): WaitingOrganization[] => {
    const integration = integrations.get(webexKey(facts.applicationId));
    const credential = declared.get(keyOf(facts.applicationId, facts));
    if (event === 'authorized') {
      const family = families.get(webexKey(facts.applicationId));
      return credential === undefined ? [{ change: 'came', ...facts, integration, family }] : [];
    }
    return credential === undefined || integration === undefined
      ? []
      : [{ change: 'went', ...facts, integration, credential }];
  });
}

function keyOf(applicationId: string, { organizationId }: { readonly organizationId: string }): string {
  return `${webexKey(applicationId)} ${webexKey(organizationId)}`;
}
