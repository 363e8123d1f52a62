import { rootCertificates } from 'node:tls';
import { identityFromEnvironment } from '../../../client/src/login/identity-environment';
import { allowFromEnvironment } from '#core';
import { appVariables, identityPlace, identityVariables } from '../../../lib/apps/identity-variables';
import type { IdentityLogin } from '../../../lib/declaration/derived/app-login';
import { findApp } from '../../../lib/declaration/derived/by-name';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { loginOf } from '../../../lib/declaration/derived/logins';
import { SigningKey } from '../../../rehearsal/identity/json-web-token';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';

type Identity = NonNullable<NonNullable<DeploymentInput['apps']>[number]['identity']>;

const [ca = ''] = rootCertificates;
const jwt = { issuer: 'https://issuer.example', audience: 'vault', claims: { sub: 'me' } };
const github = { repository: 'acme/reports', ref: 'refs/heads/main' };
const connection = { address: 'https://vault.example' };

function told(identity: Identity, engine: DeploymentInput['engine'] = {}) {
  const app = { name: 'reports', vaultName: 'first', reads: ['testauth'], identity };
  const deployment = exampleDeployment({ apps: [app], engine });
  const found = findApp(deployment, 'reports');
  const login = loginOf(deployment, found) as IdentityLogin;
  return {
    environment: identityVariables(deployment, found, login, connection),
    place: identityPlace(login).join('\n'),
  };
}

it.each<[string, Identity, Record<string, string>, object]>([
  ['jwt', { jwt }, { VAULT_JWT_FILE: '/run/jwt' }, { jwt: { role: 'first', mountPath: 'jwt', file: '/run/jwt' } }],
  [
    'gitlab',
    { gitlab: { project: 'a/b', ref: 'main' } },
    { VAULT_JWT: new SigningKey().sign({ sub: 'me' }) },
    { jwt: { role: 'first', mountPath: 'gitlab' } },
  ],
  [
    'github',
    { github },
    { GITHUB_ACTIONS: 'true', ACTIONS_ID_TOKEN_REQUEST_URL: 'https://g.example', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't' },
    { jwt: { role: 'first', mountPath: 'github-actions' } },
  ],
  [
    'kubernetes',
    {
      kubernetes: {
        path: 'teams/k8s',
        cluster: { address: 'https://10.0.0.1', caPem: ca },
        serviceAccounts: ['a'],
        namespaces: ['b'],
        audience: 'vault',
      },
    },
    {},
    { kubernetes: { role: 'first', mountPath: 'teams/k8s' } },
  ],
  [
    'cert',
    { cert: { caPem: ca, uris: ['spiffe://a/b'] } },
    { VAULT_CLIENT_CERT: '/c.pem', VAULT_CLIENT_KEY: '/k.pem' },
    { cert: { role: 'first', mountPath: 'cert', certFile: '/c.pem', keyFile: '/k.pem' } },
  ],
])('the client finds the identity %s in the variables that the app is told to set', (_, identity, given, expected) => {
  const { environment } = told(identity);
  expect(identityFromEnvironment({ ...environment, ...given })).toMatchObject(expected);
});

it("the variables include the engine's mount and GitHub's audience if they differ from the defaults", () => {
  const { environment } = told({ github: { ...github, audience: 'mine' } }, { mountPath: 'webex' });
  expect(environment).toEqual({
    VAULT_ADDR: 'https://vault.example',
    OAUTHAPP_MOUNT: 'webex',
    VAULT_AUTH_METHOD: 'jwt',
    VAULT_AUTH_MOUNT: 'github-actions',
    VAULT_ROLE: 'first',
    VAULT_JWT_AUDIENCE: 'mine',
  });
  expect(told({ github }).environment).not.toHaveProperty('VAULT_JWT_AUDIENCE');
});

it('the instructions name further requirements of the job, the pod or the program', () => {
  expect(told({ github }).place).toContain('id-token: write');
  expect(told({ gitlab: { project: 'a/b', ref: 'main', audience: 'mine' } }).place).toContain(
    '{ VAULT_JWT: { aud: mine } }',
  );
  expect(told({ jwt }).place).toContain('VAULT_JWT_FILE');
  const pod = { serviceAccounts: ['a'], namespaces: ['b'] };
  const cluster = { address: 'https://10.0.0.1', caPem: ca };
  expect(told({ kubernetes: { ...pod, cluster, audience: 'api' } }).place).toContain('system:auth-delegator');
  const own = told({ kubernetes: pod }).place;
  expect(own).toContain('VAULT_JWT_FILE. The token comes from a projected volume, for audience "webex-token-vault"');
  expect(own).not.toContain('auth-delegator');
});

it('the proxy reads the rules of an app with a secret id as they were declared', () => {
  const allow = ['GET /v1/people/*', "POST /v1/it's"];
  const deployment = exampleDeployment({ apps: [{ name: 'reports', reads: ['testauth'], allow }] });
  const variables = appVariables(deployment, findApp(deployment, 'reports'), connection, 'a-role-id');
  expect(allowFromEnvironment(variables).map(({ text }) => text)).toEqual(allow);
});

it('an app without rules has no WEBEX_ALLOW', () => {
  const deployment = exampleDeployment();
  const variables = appVariables(deployment, findApp(deployment, 'people-me'), connection, 'a-role-id');
  expect(variables).not.toHaveProperty('WEBEX_ALLOW');
  expect(told({ github }).environment).not.toHaveProperty('WEBEX_ALLOW');
});

it.each([
  ['an app of one credential', ['testauth'], undefined],
  ['an app of two credentials', ['testauth', 'other'], 'testauth other'],
  ['an app of one organization', ['customers-acme'], 'customers-acme'],
  ['an app of a family', ['customers'], 'customers-acme customers-globex'],
])('%s has its credentials in WEBEX_CREDENTIALS if it may have to loop over them', (_, reads, expected) => {
  const common = { integration: 'webex-myapp', scopes: ['spark:people_read'] };
  const credentials = [
    { name: 'testauth', ...common },
    { name: 'other', ...common },
    { name: 'customers', organizations: [{ name: 'acme' }, { name: 'globex' }], ...common },
  ];
  const deployment = exampleDeployment({ credentials, apps: [{ name: 'reports', reads }] });
  const variables = appVariables(deployment, findApp(deployment, 'reports'), connection, 'a-role-id');
  expect(variables.WEBEX_CREDENTIALS).toBe(expected);
});
