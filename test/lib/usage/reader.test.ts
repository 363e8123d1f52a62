import { Readers } from '../../../lib/usage/reader';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';

const github = { audience: 'vault', repository: 'example/reports', ref: 'refs/heads/main' };
const deployment = exampleDeployment({
  engine: { mountPath: 'webex', movedFrom: 'oauthapp', plugin: { sha256: 'a'.repeat(64) } },
  appRole: { path: 'team/apps' },
  apps: [
    { name: 'report', vaultName: 'reports', reads: ['testauth'] },
    { name: 'job', reads: ['testauth'], identity: { github } },
    { name: 'hasownproperty', vaultName: 'constructor', reads: ['testauth'] },
  ],
});
const readers = new Readers(deployment);
const caller = (displayName: string | undefined, role: string | undefined, ...policies: string[]) =>
  readers.ofCaller({ displayName, role, policies, address: '127.0.0.1' });

it('an app is known by its role, its policy and its auth method, and has its declared name', () => {
  expect(caller('team-apps', 'reports', 'webex-app-reports')).toEqual({ kind: 'app', name: 'report', policies: [] });
  expect(caller('github-actions-repo:example/reports', 'job', 'webex-app-job')).toMatchObject({
    kind: 'app',
    name: 'job',
  });
});

it('an app is the same one before its engine moved, and in the case that OpenBao writes', () => {
  const known = caller('team-apps', 'reports', 'webex-app-reports');
  expect(caller('team-apps', 'Reports', 'oauthapp-app-reports')).toBe(known);
  expect(readers.ofProxy('reports')).toBe(known);
});

it.each([
  ['a token that somebody made by hand', 'token-reports', 'reports', 'webex-app-reports'],
  ['a role of that name in another method', 'approle', 'reports', 'webex-app-reports'],
  ['a role of that name with other rights', 'team-apps', 'reports', 'root'],
  ['the policy without the role', 'team-apps', undefined, 'webex-app-reports'],
])('%s is not the app', (_, displayName, role, policy) => {
  expect(caller(displayName, role, policy)).toEqual({ kind: 'other', name: displayName, policies: [policy] });
});

it('an operator is known by its policy', () => {
  expect(caller('operators', 'observer', 'webex-observer')).toMatchObject({ kind: 'operator', name: 'observer' });
  expect(caller('oidc-alice', 'authorizer', 'webex-authorizer')).toMatchObject({
    kind: 'operator',
    name: 'authorizer oidc-alice',
  });
});

it('a request without a valid token has no reader with a name', () => {
  expect(caller(undefined, 'reports', 'webex-app-reports')).toMatchObject({ kind: 'unknown' });
});

it('a proxy with a Vault token of no login has no app', () => {
  expect(readers.ofProxy(null)).toMatchObject({ kind: 'other' });
  expect(readers.ofProxy('gone')).toEqual({ kind: 'other', name: 'app gone', policies: [] });
});

it('names of fields that every object has are ordinary names', () => {
  expect(caller('team-apps', 'constructor', 'webex-app-constructor')).toMatchObject({
    kind: 'app',
    name: 'hasownproperty',
  });
  expect(caller('__proto__', '__proto__', '__proto__')).toMatchObject({ kind: 'other', name: '__proto__' });
  expect(readers.ofProxy('__proto__')).toMatchObject({ kind: 'other', name: 'app __proto__' });
});

it('a name cannot move the cursor of a terminal, and has no token in it', () => {
  const { name, policies } = caller(
    'a\u001b[31m\nb\u009b',
    undefined,
    'hvs.CAESIJT2KM9n2KJqg_E267EHJSY0c4NWtTRnBsNWhz',
    'p\u0007',
  );
  expect(name).toBe('a [31m b');
  expect(policies).toEqual(['[hidden]', 'p']);
});

it('a thousand other readers are told apart, and all further ones are one', () => {
  const fresh = new Readers(deployment);
  const seen = Array.from({ length: 2_000 }, (_, index) =>
    fresh.ofCaller({ displayName: `user-${index}`, policies: [], address: '' }),
  );
  expect(new Set(seen).size).toBe(1_001);
  expect(seen.at(-1)).toMatchObject({ kind: 'other', name: '(further readers)' });
  const operator = { displayName: 'oidc-bob', policies: ['webex-observer'], address: '' };
  expect(fresh.ofCaller(operator)).toMatchObject({ kind: 'operator', name: 'observer oidc-bob' });
});
