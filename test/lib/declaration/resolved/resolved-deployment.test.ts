import { ExplainedError } from '#core';
import { resolvedExample } from '../../../fixtures/declarations/resolved-example';

it('an app gets its role, its login and its policy', () => {
  const { apps } = resolvedExample({
    engine: { mountPath: 'teams/webex', plugin: { manage: false } },
    appRole: { path: 'machines' },
  });
  expect(apps).toEqual([
    {
      name: 'people-me',
      roleName: 'people-me',
      login: { type: 'approle', path: 'machines', isManaged: true },
      policyName: 'teams.webex-app-people-me',
      policy: expect.stringContaining('path "teams/webex/creds/testauth" {\n  capabilities = ["read"]\n') as string,
      tokenTtlSeconds: 1200,
      tokenMaxTtlSeconds: 3600,
      secretIdTtlSeconds: 7_776_000,
      secretIdUses: 0,
      boundCidrs: [],
    },
  ]);
});

it('an app with renewsSecretId may renew its secret id, without parameters', () => {
  const [app] = resolvedExample({
    appRole: { path: 'machines' },
    apps: [{ name: 'people-me', reads: ['testauth'], renewsSecretId: true }],
  }).apps;
  const rules = app?.policy.split('\n\n') ?? [];
  expect(rules.filter((rule) => rule.includes('secret-id'))).toMatchInlineSnapshot(`
   [
     "# next secret id of the app, with the lifetime, uses and networks of its role
   path "auth/machines/role/people-me/secret-id" {
     capabilities = ["update"]
     denied_parameters = {
       "*" = []
     }
   }",
     "# expiry of the secret id of the app
   path "auth/machines/role/people-me/secret-id/lookup" {
     capabilities = ["update"]
   }",
   ]
  `);
});

it('an integration gets its entry and the variable of its secret', () => {
  expect(resolvedExample().integrations).toEqual([
    {
      vaultName: 'webex-myapp',
      entry: expect.objectContaining({ client_id: 'C0ffee' }) as object,
      secret: { of: 'integration "webex-myapp"', shownBy: 'Webex', variable: 'webex_myapp_client_secret' },
      clientSecretVersion: 1,
      keepsSecret: false,
    },
  ]);
});

it('the error says how to give a missing client id', () => {
  const resolveWithout = () => resolvedExample({ integrations: [{ name: 'webex-myapp' }] });
  expect(resolveWithout).toThrow(ExplainedError);
  expect(resolveWithout).toThrow('integration "webex-myapp" has no clientId in deployment.ts; copy it');
});
