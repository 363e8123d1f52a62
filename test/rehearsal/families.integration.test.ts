import { defineDeployment } from '../../lib/declaration/define-deployment';
import { clientSecretVariable } from '../../lib/declaration/derived/client-secret';
import { authorizeServiceApp } from '../../lib/grants/consent/ways/service-app-grant';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { rehearseConsent } from '../../rehearsal/rehearsed-consent';
import { webexId } from '../../rehearsal/webex/webex-id';
import { applicationId } from '../fixtures/declarations/recoverable-service-app';
import { appliedRehearsal } from '../fixtures/worlds/applied-rehearsal';

/* Families in a rehearsal: people of two organizations, and one Service App that both authorized. */

const ACME = webexId('ORGANIZATION', '7d3c2f60-9b1e-4a5d-8c11-22b3f0c9a001');
const GLOBEX = webexId('ORGANIZATION', '7d3c2f60-9b1e-4a5d-8c11-22b3f0c9a002');

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await appliedRehearsal(
    defineDeployment({
      vault: { address: 'https://vault.example' },
      engine: { plugin: { sha256: '0'.repeat(64) } },
      integrations: [{ name: 'asks' }, { name: 'service-app' }],
      credentials: [
        {
          name: 'people-me',
          integration: 'asks',
          scopes: ['spark:people_read'],
          organizations: [
            { name: 'acme', id: ACME },
            { name: 'globex', id: GLOBEX, owner: 'ada@globex.example' },
          ],
        },
        { name: 'asker', integration: 'asks', scopes: ['spark:applications_token', 'spark:people_read'] },
        {
          name: 'reports',
          integration: 'service-app',
          scopes: ['spark:people_read'],
          serviceApp: { id: applicationId, requestedBy: 'asker', autoRecover: true },
          organizations: [
            { name: 'acme', id: ACME },
            { name: 'globex', id: GLOBEX },
          ],
        },
      ],
      apps: [{ name: 'reporting', reads: ['reports'] }],
    }),
  );
});
afterAll(() => rehearsal.stop());

it.each([
  ['people-me-acme', ACME],
  ['people-me-globex', GLOBEX],
])('the simulated person who consents to %s is in its organization', async (credentialName, orgId) => {
  expect((await rehearseConsent(rehearsal, { credentialName })).person?.orgId).toBe(orgId);
});

it('each grant of a Service App is the one of its organization', async () => {
  expect((await rehearseConsent(rehearsal, { credentialName: 'reports-acme' })).person?.orgId).toBe(ACME);
  const globex = await authorizeServiceApp({
    vault: rehearsal.admin.withToken(await rehearsal.operatorToken('authorizer')),
    deployment: rehearsal.deployment,
    credentialName: 'reports-globex',
    clientSecret: () => Promise.resolve(rehearsal.variables[clientSecretVariable('service-app')]),
  });
  expect(globex.person?.orgId).toBe(GLOBEX);
});
