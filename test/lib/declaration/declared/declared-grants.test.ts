import { grantsOf, scopesIn } from '../../../../lib/declaration/declared/declared-grants';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

it('the note contains the settings that decide about grants and their readers', () => {
  expect(grantsOf(exampleDeployment())).toEqual({
    format: 1,
    tokenUrl: 'https://webexapis.com/v1/access_token',
    appRolePath: 'approle',
    integrations: { 'webex-myapp': { name: 'webex-myapp', clientId: 'C0ffee' } },
    credentials: { testauth: 'webex-myapp' },
    scopes: { 'spark:people_read': ['testauth'] },
    apps: { 'people-me': { name: 'people-me', reads: ['testauth'] } },
  });
});

it('the note uses the names in Vault, in alphabetical order', () => {
  const jwt = { issuer: 'https://issuer.example', audience: 'vault', claims: { sub: 'job' }, path: 'teams/jwt' };
  const { integrations, credentials, apps } = grantsOf(
    exampleDeployment({
      integrations: [
        { name: 'reports', vaultName: 'webex-myapp', clientId: 'C1', redirectUrl: 'http://localhost:5000/auth' },
        { name: 'another', clientId: 'C2', redirectUrl: 'http://localhost:5000/auth' },
      ],
      credentials: [
        { name: 'two', integration: 'reports', scopes: ['a'] },
        { name: 'one', integration: 'another', scopes: ['a'] },
      ],
      apps: [
        { name: 'reader', vaultName: 'people-me', reads: ['two', 'one'] },
        { name: 'job', reads: ['one'], identity: { jwt } },
      ],
    }),
  );
  expect(Object.entries(integrations)).toEqual([
    ['another', { name: 'another', clientId: 'C2' }],
    ['webex-myapp', { name: 'reports', clientId: 'C1' }],
  ]);
  expect(Object.entries(credentials)).toEqual([
    ['one', 'another'],
    ['two', 'webex-myapp'],
  ]);
  expect(Object.entries(apps)).toEqual([
    ['job', { name: 'job', reads: ['one'], login: { type: 'jwt', path: 'teams/jwt' } }],
    ['people-me', { name: 'reader', reads: ['one', 'two'] }],
  ]);
});

it('the note has equal scopes once, whatever their order', () => {
  const credential = (name: string, ...scopes: string[]) => ({ name, integration: 'webex-myapp', scopes });
  const credentials = [credential('two', 'b', 'a'), credential('three', 'c'), credential('one', 'a', 'b', 'a')];
  const declared = grantsOf(exampleDeployment({ credentials, apps: [] }));
  expect(declared.scopes).toEqual({ 'a b': ['one', 'two'], c: ['three'] });
  expect(Object.fromEntries(scopesIn(declared))).toEqual({ one: ['a', 'b'], two: ['a', 'b'], three: ['c'] });
});

it('the note stays small for a thousand apps', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `app-${index}`);
  const deployment = exampleDeployment({ apps: names.map((name) => ({ name, reads: ['testauth'] })) });
  expect(JSON.stringify(grantsOf(deployment)).length).toBeLessThan(100 * names.length);
});
