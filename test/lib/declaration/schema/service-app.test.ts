import { defineDeployment } from '../../../../lib/declaration/define-deployment';
import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

type CredentialInput = DeploymentInput['credentials'][number];

const asker: CredentialInput = { name: 'asker', integration: 'asks', scopes: ['spark:applications_token'] };
const serviceApp: CredentialInput = {
  name: 'reports',
  integration: 'service-app',
  scopes: ['spark-admin:people_read'],
  kind: 'service-app',
  applicationId: 'Y2lzY29zcGFyazovL3VzL0FQUExJQ0FUSU9OLzE',
  organization: 'Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8x',
  tokensFrom: 'asker',
};

const asks: CredentialInput = { ...serviceApp, scopes: ['spark:applications_token'], heals: true };
const other: CredentialInput = { ...asks, name: 'other', integration: 'asks', tokensFrom: 'reports' };

function deploymentOf(...credentials: CredentialInput[]): DeploymentInput {
  return exampleDeployment({
    integrations: [{ name: 'asks' }, { name: 'service-app' }, { name: 'third' }],
    credentials,
    apps: [],
  });
}

it('a credential may be that of a Service App', () => {
  const deployment = deploymentOf(asker, serviceApp);
  expect(defineDeployment(deployment)).toEqual(deployment);
  expect(deployment.integrations[1]).toMatchObject({ redirectUrl: 'http://localhost:5000/auth' });
});

it('a Service App may ask for the grant of another one, and for each other where all heal', () => {
  const chain = deploymentOf(asker, { ...asks, heals: false }, { ...other, integration: 'third', heals: false });
  expect(chain.credentials.map(({ tokensFrom }) => tokensFrom)).toEqual([undefined, 'asker', 'reports']);
  const cycle = deploymentOf({ ...asks, tokensFrom: 'other' }, other);
  expect(cycle.credentials.map(({ tokensFrom }) => tokensFrom)).toEqual(['other', 'reports']);
});

it('what asks in a cycle of others needs not heal', () => {
  const outside = { ...asks, name: 'outside', integration: 'third', heals: false };
  expect(() =>
    deploymentOf({ ...asks, tokensFrom: 'other' }, other, { ...outside, tokensFrom: 'reports' }),
  ).not.toThrow();
});

it.each<[string, CredentialInput[], string]>([
  [
    'without its application',
    [asker, { ...serviceApp, applicationId: undefined, tokensFrom: undefined }],
    `credential "reports" is a Service App's and lacks "applicationId", "tokensFrom"; add it`,
  ],
  [
    'that has the application of one',
    [{ ...asker, applicationId: 'a' }],
    `credential "asker" has "applicationId", which only a Service App has; add kind: 'service-app', or leave it out`,
  ],
  ['that heals for a person', [{ ...asker, heals: true }], 'credential "asker" has heals, and only a Service App'],
  [
    'with an owner',
    [asker, { ...serviceApp, owner: 'ada@example.com', scopes: ['spark:people_read'] }],
    "is a Service App's and has an owner",
  ],
  [
    'that asks by nobody',
    [{ ...serviceApp }],
    'credential "reports" has its tokens from "asker", which must be a credential with scope',
  ],
  [
    'that asks without the right to',
    [{ ...asker, scopes: ['spark:people_read'] }, serviceApp],
    'has its tokens from "asker", which must be a credential with scope "spark:applications_token"',
  ],
  [
    'that asks by another Service App without the right to',
    [asker, { ...serviceApp, name: 'other' }, { ...serviceApp, tokensFrom: 'other' }],
    'has its tokens from "other", which must be a credential with scope "spark:applications_token"',
  ],
  ['that asks by itself', [{ ...asks, tokensFrom: 'reports' }], 'credential "reports" has its tokens from itself'],
  [
    'in a cycle whose other member does not heal',
    [
      { ...asks, tokensFrom: 'other' },
      { ...other, heals: false },
    ],
    'credentials "other", "reports" have their tokens from each other, and "other" does not heal; set heals: true at each of them, or have one take its tokens from a person',
  ],
  [
    'of the integration that asks',
    [asker, { ...serviceApp, integration: 'asks' }],
    'are of one integration, while a Service App has a client id and secret of its own',
  ],
])('refuses a credential %s', (_, credentials, problem) => {
  expect(() => deploymentOf(...credentials)).toThrow(problem);
});

describe('a cloud of Webex', () => {
  it('has its addresses', () => {
    expect(exampleDeployment({ webex: { cloud: 'fedramp' } }).webex.apiUrl).toBe('https://api-usgov.webex.com/v1');
    expect(exampleDeployment().webex.apiUrl).toBe('https://webexapis.com/v1');
  });

  it('has no address of the other', () => {
    const webex = { cloud: 'fedramp', apiUrl: 'https://webexapis.com/v1' } as const;
    expect(() => exampleDeployment({ webex })).toThrow(
      'webex.apiUrl "https://webexapis.com/v1" is that of cloud "commercial", got webex.cloud "fedramp"',
    );
  });
});
