import { defineDeployment } from '../../../../lib/declaration/define-deployment';
import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

type CredentialInput = DeploymentInput['credentials'][number];
type ServiceApp = NonNullable<CredentialInput['serviceApp']>;

const ADMITTED = ['spark:applications_token'];
const asker: CredentialInput = { name: 'asker', integration: 'asks', scopes: ADMITTED };

const reports = (changes: Partial<ServiceApp> = {}, others: Partial<CredentialInput> = {}): CredentialInput => ({
  name: 'reports',
  integration: 'service-app',
  scopes: ADMITTED,
  serviceApp: {
    id: 'Y2lzY29zcGFyazovL3VzL0FQUExJQ0FUSU9OLzE',
    organizationId: 'Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8x',
    requestedBy: 'asker',
    autoRecover: true,
    ...changes,
  },
  ...others,
});
const other = (changes: Partial<ServiceApp> = {}, others: Partial<CredentialInput> = {}): CredentialInput =>
  reports({ requestedBy: 'reports', ...changes }, { name: 'other', integration: 'asks', ...others });

function deploymentOf(...credentials: CredentialInput[]): DeploymentInput {
  return exampleDeployment({
    integrations: [{ name: 'asks' }, { name: 'service-app' }, { name: 'third' }],
    credentials,
    apps: [],
  });
}

it('a credential may belong to a Service App', () => {
  const deployment = deploymentOf(asker, reports({ autoRecover: undefined }));
  expect(defineDeployment(deployment)).toEqual(deployment);
  expect(deployment.credentials[1]?.serviceApp?.autoRecover).toBe(false);
  expect(deployment.integrations[1]).toMatchObject({ redirectUrl: 'http://localhost:5000/auth' });
});

it("a Service App may request another's grant, and two may request each other's if both recover", () => {
  const chain = deploymentOf(
    asker,
    reports({ autoRecover: false }),
    other({ autoRecover: false }, { integration: 'third' }),
  );
  expect(chain.credentials.map(({ serviceApp }) => serviceApp?.requestedBy)).toEqual([undefined, 'asker', 'reports']);
  const cycle = deploymentOf(reports({ requestedBy: 'other' }), other());
  expect(cycle.credentials.map(({ serviceApp }) => serviceApp?.requestedBy)).toEqual(['other', 'reports']);
});

it('a Service App may lack autoRecover if a cycle of others requests its grant', () => {
  const outside = other({ autoRecover: false }, { name: 'outside', integration: 'third' });
  expect(() => deploymentOf(reports({ requestedBy: 'other' }), other(), outside)).not.toThrow();
});

it.each<[string, CredentialInput[], string]>([
  [
    'without its ids',
    [asker, { ...reports(), serviceApp: { requestedBy: 'asker' } as ServiceApp }],
    'credentials[1].serviceApp.id is missing; give a text',
  ],
  [
    'with an empty id',
    [asker, reports({ organizationId: '' })],
    'credentials[1].serviceApp.organizationId must not be empty',
  ],
  [
    'with an owner',
    [asker, reports({}, { owner: 'ada@example.com', scopes: ['spark:people_read'] })],
    'credentials[1].owner of "reports" must not be beside serviceApp, because no person consents',
  ],
  [
    'that nobody requests',
    [reports()],
    'credential "reports" has requestedBy "asker", which must be a credential with scope',
  ],
  [
    'that a person without the right requests',
    [{ ...asker, scopes: ['spark:people_read'] }, reports()],
    'has requestedBy "asker", which must be a credential with scope "spark:applications_token"',
  ],
  [
    'that another Service App without the right requests',
    [asker, reports({}, { name: 'other', scopes: ['spark:people_read'] }), reports({ requestedBy: 'other' })],
    'has requestedBy "other", which must be a credential with scope "spark:applications_token"',
  ],
  ['that requests itself', [reports({ requestedBy: 'reports' })], 'credential "reports" requests its own grant'],
  [
    'in a cycle whose other member does not recover',
    [reports({ requestedBy: 'other' }), other({ autoRecover: false })],
    'credential "reports" is in the cycle "other", "reports", whose members request each other\'s grants, but "other" does not recover; set serviceApp.autoRecover: true on each, or let a person',
  ],
  [
    'of the integration that requests it',
    [asker, reports({}, { integration: 'asks' })],
    'credential "reports" and "asker", which requests its grant, have the same integration, but a Service App has its own client id',
  ],
])('the schema refuses a credential %s', (_, credentials, problem) => {
  expect(() => deploymentOf(...credentials)).toThrow(problem);
});

describe('a cloud of Webex', () => {
  it('each Webex cloud has its own API URL', () => {
    expect(exampleDeployment({ webex: { cloud: 'fedramp' } }).webex.apiUrl).toBe('https://api-usgov.webex.com/v1');
    expect(exampleDeployment().webex.apiUrl).toBe('https://webexapis.com/v1');
  });

  it('a Webex cloud refuses the API URL of another cloud', () => {
    const webex = { cloud: 'fedramp', apiUrl: 'https://webexapis.com/v1' } as const;
    expect(() => exampleDeployment({ webex })).toThrow(
      'webex.apiUrl "https://webexapis.com/v1" belongs to cloud "commercial", got webex.cloud "fedramp"',
    );
  });
});
