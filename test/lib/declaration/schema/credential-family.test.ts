import { findCredential } from '../../../../lib/declaration/derived/by-name';
import { defineDeployment } from '../../../../lib/declaration/define-deployment';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import type { Deployment, DeploymentInput } from '../../../../lib/declaration/schema/deployment';

type CredentialInput = DeploymentInput['credentials'][number];

const family = (changes: Partial<CredentialInput> = {}): CredentialInput => ({
  name: 'people-me',
  integration: 'webex-myapp',
  scopes: ['spark:people_read'],
  ...changes,
});
const acme = { name: 'acme', id: 'Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8x', owner: 'admin@acme.example' };
const globex = { name: 'globex' };
const serviceApp = { id: 'Y2lzY29zcGFyazovL3VzL0FQUExJQ0FUSU9OLzE', requestedBy: 'asker' };

function declared(credentials: CredentialInput[], ...reads: string[]): Deployment {
  return exampleDeployment({
    credentials,
    apps: reads.map((each, index) => ({ name: `app-${index}`, reads: [each] })),
  });
}

describe('a family of credentials', () => {
  it('it has a credential for each organization, with its own owner', () => {
    const { credentials } = declared([family({ organizations: [acme, globex] })]);
    expect(credentials).toEqual([
      {
        name: 'people-me-acme',
        integration: 'webex-myapp',
        scopes: ['spark:people_read'],
        owner: 'admin@acme.example',
        organization: { family: 'people-me', name: 'acme', id: acme.id },
      },
      {
        name: 'people-me-globex',
        integration: 'webex-myapp',
        scopes: ['spark:people_read'],
        organization: { family: 'people-me', name: 'globex' },
      },
    ]);
  });

  it('an app reads all its credentials by the name of the family, or one of them', () => {
    const { apps } = declared([family({ organizations: [acme, globex] })], 'people-me', 'people-me-acme');
    expect(apps.map(({ reads }) => reads)).toEqual([['people-me-acme', 'people-me-globex'], ['people-me-acme']]);
  });

  it('a credential that an app reads twice, by its own name too, is there once', () => {
    const apps = [{ name: 'report', reads: ['people-me-globex', 'people-me'] }];
    const deployment = exampleDeployment({ credentials: [family({ organizations: [acme, globex] })], apps });
    expect(deployment.apps[0]?.reads).toEqual(['people-me-globex', 'people-me-acme']);
  });

  it('it is the same if it is defined again, as a pod does with its JSON', () => {
    const deployment = declared(
      [family({ name: 'asker', scopes: ['spark:applications_token'] }), family({ organizations: [acme, globex] })],
      'people-me',
    );
    const copy = JSON.parse(JSON.stringify(deployment)) as DeploymentInput;
    expect(defineDeployment(copy)).toEqual(deployment);
  });

  it('an organization with other scopes may be written out', () => {
    const other = family({
      name: 'people-me-initech',
      scopes: ['spark:all'],
      organization: { family: 'people-me', name: 'initech' },
    });
    const { apps } = declared([family({ organizations: [globex] }), other], 'people-me');
    expect(apps[0]?.reads).toEqual(['people-me-globex', 'people-me-initech']);
  });

  it('the id of an organization takes the place of the id in serviceApp', () => {
    const asker = family({ name: 'asker', scopes: ['spark:applications_token'] });
    const reports = family({
      name: 'reports',
      integration: 'service-app',
      serviceApp,
      organizations: [{ name: 'acme', id: acme.id }],
    });
    const deployment = exampleDeployment({
      integrations: [{ name: 'webex-myapp' }, { name: 'service-app' }],
      credentials: [asker, reports],
      apps: [],
    });
    expect(deployment.credentials[1]).toMatchObject({
      name: 'reports-acme',
      serviceApp: { ...serviceApp, organizationId: acme.id },
      organization: { family: 'reports', name: 'acme' },
    });
    expect(defineDeployment(deployment)).toEqual(deployment);
  });

  it('its name alone is the name of no credential', () => {
    const deployment = declared([family({ organizations: [acme] })]);
    expect(() => findCredential(deployment, 'people-me')).toThrow(
      '"people-me" has a credential for each of its organizations; name one of them, such as "people-me-acme"',
    );
  });
});

it.each<[string, CredentialInput[], string]>([
  [
    'no organization',
    [family({ organizations: [] })],
    'credentials[0].organizations must name at least one organization',
  ],
  [
    'one organization twice',
    [family({ organizations: [acme, { name: 'acme' }] })],
    'credentials[0].organizations[1].name makes the name "people-me-acme", which organization "acme" of "people-me" has too; rename',
  ],
  [
    'two ways to one name',
    [
      family({ organizations: [{ name: 'acme-eu' }] }),
      family({ name: 'people-me-acme', organizations: [{ name: 'eu' }] }),
    ],
    'credentials[1].organizations[0].name makes the name "people-me-acme-eu", which organization "acme-eu" of "people-me" has too',
  ],
  [
    'an organization, and a later credential of its name',
    [family({ organizations: [acme] }), family({ name: 'people-me-acme' })],
    'credentials[0].organizations[0].name makes the name "people-me-acme", which credential "people-me-acme" has too',
  ],
  [
    'a family with the name of a credential',
    [family(), family({ organizations: [acme] })],
    'credentials[1].name must not be "people-me", which credential "people-me" has, because an app that reads it could mean both',
  ],
  [
    'a written out family with the name of a credential',
    [family(), family({ name: 'people-me-b', organization: { family: 'people-me', name: 'b' } })],
    'credentials[1].organization.family must not be "people-me", which credential "people-me" has',
  ],
  [
    'one family twice',
    [family({ organizations: [acme] }), family({ organizations: [globex] })],
    'credentials[1].name must not be "people-me" again; join the organizations of both, or rename one',
  ],
  [
    'a common owner',
    [family({ owner: 'ada@example.com', organizations: [acme] })],
    'credentials[0].owner must not be beside organizations, because an account is in one of them',
  ],
  [
    'an id that no scope shows',
    [family({ scopes: ['meeting:schedules_read'], organizations: [globex, { name: 'acme', id: acme.id }] })],
    'credentials[0].organizations[1].id of "people-me-acme" cannot be checked, because no scope lets Webex name the account',
  ],
  [
    'an owner that no scope shows',
    [family({ scopes: ['meeting:schedules_read'], organizations: [globex, acme] })],
    'credentials[0].organizations[1].owner of "people-me-acme" cannot be checked',
  ],
  [
    'a Service App without an id',
    [family({ serviceApp, organizations: [acme, globex] })],
    'credentials[0].organizations[1].id is missing; give the id of the organization that authorizes the Service App',
  ],
  [
    'a Service App with one id for all',
    [family({ serviceApp: { ...serviceApp, organizationId: acme.id }, organizations: [acme] })],
    'credentials[0].serviceApp.organizationId must not be beside organizations; leave it out, and give each',
  ],
  [
    'a Service App with an owner',
    [family({ serviceApp, organizations: [acme] })],
    'credentials[0].organizations[0].owner of "people-me-acme" must not be beside serviceApp',
  ],
  [
    'a Service App with two ids',
    [
      family({
        name: 'people-me-a',
        serviceApp: { ...serviceApp, organizationId: 'x' },
        organization: { family: 'people-me', name: 'a', id: 'x' },
      }),
    ],
    'credentials[0].organization.id must not be beside serviceApp.organizationId; leave one of the two out',
  ],
  [
    'both fields',
    [family({ organization: { family: 'people-me', name: 'a' }, organizations: [acme] })],
    'credentials[0].organization must not be beside organizations; leave one of the two out',
  ],
  [
    'a long name',
    [family({ organizations: [{ name: 'a'.repeat(54) }] })],
    `credentials[0].organizations[0].name makes the name "people-me-${'a'.repeat(54)}", which has 64 characters, and 63 are allowed`,
  ],
  [
    'another name than its place in the family',
    [family({ name: 'x', organization: { family: 'people-me', name: 'b' } })],
    'credentials[0].name must be "people-me-b", as its organization says, got "x"; rename one of the two',
  ],
  [
    'a requester that is a family',
    [
      family({ organizations: [{ name: 'b' }] }),
      family({ name: 'reports', serviceApp: { ...serviceApp, organizationId: 'x', requestedBy: 'people-me' } }),
    ],
    'credential "reports" has requestedBy "people-me", which has a credential for each of its organizations; name one of them, such as "people-me-b"',
  ],
])('a deployment refuses %s', (_, credentials, problem) => {
  expect(() => declared(credentials)).toThrow(problem);
});

it('an unknown name of an app is compared with the families, and not with a thousand credentials', () => {
  const organizations = [...Array(1000).keys()].map((index) => ({ name: `customer-${index}` }));
  expect(() => declared([family({ organizations })], 'people')).toThrow(
    'deployment.ts: app "app-0" names unknown credential "people"; declared: "people-me"',
  );
});
