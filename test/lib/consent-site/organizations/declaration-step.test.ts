import { parse } from 'yaml';
import { declarationStep, organizationLine } from '../../../../lib/consent-site/organizations/declaration-step';
import { waitingOrganizations } from '../../../../lib/consent-site/organizations/waiting-organizations';
import { defineDeployment } from '../../../../lib/declaration/define-deployment';
import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import {
  applicationId,
  organization,
  recoverableServiceApp,
} from '../../../fixtures/declarations/recoverable-service-app';

const [asker] = recoverableServiceApp.credentials;
const at = new Date('2026-12-01T08:00:00Z');
const record = { event: 'authorized', applicationId, authorizedAt: at, receivedAt: at } as const;

/** The declaration with one credential for each of these organizations. */
function family(organizations: { name: string; id: string }[]) {
  const reports = {
    name: 'reports',
    integration: 'service-app',
    scopes: ['spark:people_read'],
    serviceApp: { id: applicationId, requestedBy: 'asker' },
    organizations,
  };
  const input = { ...recoverableServiceApp, apps: [], credentials: [asker, reports] };
  return defineDeployment(input as unknown as DeploymentInput);
}

it('the line for an organization of a family is one that the declaration takes, and then the organization waits no more', () => {
  const acme = { name: 'acme', id: organization };
  const came = { ...record, organizationId: 'new "org"' };
  const [waiting] = waitingOrganizations(family([acme]), [came]);
  const step = waiting && declarationStep(waiting);
  expect(step?.words).toBe('Add to the organizations of "reports"');
  const added = parse((step?.entry ?? '').replace('NAME', 'newco')) as { name: string; id: string };
  expect(added).toEqual({ name: 'newco', id: 'new "org"' });
  expect(waitingOrganizations(family([acme, added]), [came])).toEqual([]);
  const gone = { ...came, event: 'deauthorized' } as const;
  expect(waitingOrganizations(family([acme, added]), [gone])).toMatchObject([{ credential: 'reports-newco' }]);
});

it('a Service App without a family gets a credential of its own', () => {
  const [waiting] = waitingOrganizations(recoverableServiceApp, [{ ...record, organizationId: 'new-org' }]);
  expect(waiting && organizationLine(waiting)).toBe(
    `organization new-org authorized the Service App of "service-app"; next: declare a credential of the Service App with serviceApp: { id: "${applicationId}", organizationId: "new-org", requestedBy: "NAME" }`,
  );
});

it('an organization that went names the credential whose grant has ended', () => {
  const gone = { ...record, event: 'deauthorized', organizationId: organization } as const;
  const [waiting] = waitingOrganizations(recoverableServiceApp, [gone]);
  expect(waiting && organizationLine(waiting)).toBe(
    `organization ${organization} withdrew its authorization of the Service App of "service-app", so the grant of "reports" has ended; next: remove credential "reports", or have the organization authorize the app again`,
  );
});
