import { grantsOf } from '../../../../lib/declaration/declared/declared-grants';
import { integrationEntry } from '../../../../lib/declaration/derived/integration-entry';
import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { grantConsequences } from '../../../../lib/terraform/consequences/grant-consequences';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { noteChange, planned, plannedBeside, type PlannedChange } from '../../../fixtures/declarations/planned';

const NOW = exampleDeployment();
const NOTED = grantsOf(NOW);
/** The note of a plan that does not change the declared grants. */
const NOTE = noteChange(NOTED, NOTED);

const engine = { path: 'oauthapp', type: 'oauthapp' };
const records = { path: 'oauthapp-records', type: 'kv' };

function entry(clientId = 'C0ffee', { webex = 'https://webexapis.com/v1', mount = 'oauthapp' } = {}) {
  return { path: `${mount}/servers/webex-myapp`, data_json: JSON.stringify(integrationEntry(clientId, webex)) };
}

const ENTRY = 'vault_generic_endpoint';
const MOUNT = 'vault_mount';
const PLUGIN = 'vault_plugin';
const RELOAD: PlannedChange = {
  type: 'terraform_data',
  name: 'reload',
  actions: ['delete', 'create'],
  before: { triggers_replace: { sha256: 'a' } },
  after: { triggers_replace: { sha256: 'b' } },
};

function noticesOf(...changes: PlannedChange[]): readonly string[] {
  const { notices, losses } = grantConsequences(planned(NOTE, ...changes), NOW);
  expect(losses).toEqual([]);
  return notices;
}

function lossesOf(...changes: PlannedChange[]) {
  return grantConsequences(planned(NOTE, ...changes), NOW).losses;
}

it('the comparison reports nothing for a plan without changes', () => {
  expect(noticesOf({ type: ENTRY, before: entry(), after: entry() })).toEqual([]);
});

it('the comparison uses the declaration that the state recorded', () => {
  const before = exampleDeployment({ apps: [] });
  const { notices } = grantConsequences(planned(noteChange(grantsOf(before), NOTED)), NOW);
  expect(notices).toEqual([
    'app "people-me" gets an identity; issue it a secret id: npx --no-install webex-token-vault issue people-me',
    'app "people-me" may now read "testauth"',
  ]);
});

it('the first deploy reports what it will create, and no loss', () => {
  const { notices, losses } = grantConsequences(
    planned(
      noteChange(undefined, NOTED),
      { type: MOUNT, after: engine },
      { type: ENTRY, after: entry() },
      { type: PLUGIN, after: { sha256: 'a' } },
    ),
    NOW,
  );
  expect(losses).toEqual([]);
  expect(notices).toHaveLength(2);
});

it('the comparison refuses a note of another format and names the next step', () => {
  const other = { ...NOTED, format: 2 };
  expect(() => grantConsequences(planned(noteChange(other, NOTED)), NOW)).toThrow(
    "the note terraform_data.declared in the state has another release's format, so lost grants would go unnoticed. Use the release that deployed it. Or remove the note, in the folder of the stack: terraform state rm terraform_data.declared",
  );
  const broken = { ...NOTE, before: { input: '{' }, after: { input: '{}' } };
  expect(() => grantConsequences(planned(broken), NOW)).toThrow("has another release's format");
});

describe('the engine', () => {
  const why =
    'the engine at "oauthapp" is deleted, with every grant in it, also of credentials that are no longer declared';

  it('an engine that is replaced loses all grants, of the former and the current declaration', () => {
    const before = grantsOf(
      exampleDeployment({
        credentials: [{ name: 'former', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
        apps: [],
      }),
    );
    const plan = planned(noteChange(before, NOTED), { type: MOUNT, before: engine, actions: ['delete', 'create'] });
    expect(grantConsequences(plan, NOW).losses).toEqual([
      { kind: 'credential', name: 'former', why },
      { kind: 'credential', name: 'testauth', why },
    ]);
  });

  it('the comparison names each grant once if the whole stack is destroyed', () => {
    const { losses } = grantConsequences(
      planned(noteChange(NOTED, undefined), { type: MOUNT, before: engine }, { type: ENTRY, before: entry() }),
      NOW,
    );
    expect(losses).toEqual([{ kind: 'credential', name: 'testauth', why }]);
  });

  it('the removal of the records reports no lost grant', () => {
    expect(noticesOf({ type: MOUNT, before: records })).toEqual([
      'the records at "oauthapp-records" are deleted: who consented, and when',
    ]);
    expect(noticesOf({ type: MOUNT, after: records })).toEqual([]);
  });

  it('an imported engine keeps its grants', () => {
    expect(noticesOf({ type: MOUNT, before: engine, after: engine, importing: { id: 'oauthapp' } })).toEqual([
      'the engine at "oauthapp" is imported with its grants; its configuration is written again',
    ]);
  });

  it('a moved engine keeps its grants', () => {
    const moved = { type: MOUNT, before: engine, after: { ...engine, path: 'webex' } };
    const forgotten = { type: ENTRY, actions: ['forget'], before: entry() };
    const written = { type: ENTRY, name: 'elsewhere', after: entry('C0ffee', { mount: 'webex' }) };
    expect(noticesOf(moved, forgotten, written)).toEqual([
      'the engine moves from "oauthapp" to "webex" with its grants; apps must read there from now on: OAUTHAPP_MOUNT=webex',
    ]);
  });

  it('the notice says that the plugin is replaced, and who restarts it', () => {
    const replaced = { type: PLUGIN, before: { sha256: 'a' }, after: { sha256: 'b' } };
    expect(noticesOf(replaced, RELOAD)).toEqual([
      'the plugin is replaced and restarted; refreshing is paused meanwhile, so that no grant is lost',
    ]);
    expect(noticesOf(replaced)).toEqual([
      'the plugin is replaced in the catalog, but the engine runs the old one until you reload it; run "npx --no-install webex-token-vault pause" before the reload, and "npx --no-install webex-token-vault resume" after it',
    ]);
    expect(noticesOf({ ...replaced, after: { sha256: 'a', command: 'oauthapp' } })).toEqual([]);
    expect(noticesOf({ type: PLUGIN, before: { sha256: 'a' } })).toEqual([]);
  });
});

describe('the entry of an integration, whatever is declared', () => {
  const deleted = { type: ENTRY, before: entry() };
  const ofAnotherClient = { type: ENTRY, before: entry(), after: entry('another') };
  const without = 'without integration "webex-myapp" it cannot be refreshed';
  const another = 'integration "webex-myapp" gets another client id, and Webex refreshes for the old one only';
  const testauth = (why: string) => [{ kind: 'credential', name: 'testauth', why }];

  it.each<[string, PlannedChange, string]>([
    ['is deleted', deleted, without],
    ['is forgotten', { ...deleted, actions: ['forget'] }, without],
    ['gets another client', ofAnotherClient, another],
    [
      'gets another Webex',
      { ...deleted, after: entry('C0ffee', { webex: 'https://webex.example/v1' }) },
      'integration "webex-myapp" refreshes at another Webex, which did not issue it',
    ],
  ])('an integration loses its grants if its entry %s', (_, change, why) => {
    expect(lossesOf(change)).toEqual(testauth(why));
  });

  it('the comparison reports a loss once if declaration and plan both explain it', () => {
    const before = exampleDeployment({
      integrations: [{ name: 'webex-myapp', clientId: 'former', redirectUrl: 'http://localhost:5000/auth' }],
    });
    const plan = planned(noteChange(grantsOf(before), NOTED), ofAnotherClient);
    expect(grantConsequences(plan, NOW).losses).toEqual(testauth(another));
  });

  it('the comparison reports the loss again while the state keeps the former note, as after a partial deploy', () => {
    const before = exampleDeployment({
      integrations: [{ name: 'webex-myapp', clientId: 'former', redirectUrl: 'http://localhost:5000/auth' }],
    });
    const plan = planned(noteChange(grantsOf(before), NOTED), { type: ENTRY, before: entry(), after: entry() });
    expect(grantConsequences(plan, NOW).losses).toEqual(testauth(another));
  });

  it('an integration loses no grant if its entry is rewritten, at the same path or another one', () => {
    expect(lossesOf({ type: ENTRY, actions: ['delete', 'create'], before: entry(), after: entry() })).toEqual([]);
    const elsewhere = { type: ENTRY, name: 'elsewhere', after: entry('C0ffee', { mount: 'webex' }) };
    expect(lossesOf({ ...deleted, actions: ['forget'] }, elsewhere)).toEqual([]);
    expect(
      lossesOf({ ...deleted, actions: ['forget'] }, { ...elsewhere, after: entry('another', { mount: 'webex' }) }),
    ).toEqual(testauth(another));
  });

  it('the notice reports a client id that is known only after the apply', () => {
    // Terraform omits unknown values from `after`.
    expect(noticesOf({ type: ENTRY, before: entry(), after: { path: entry().path } })).toEqual([
      'the client id of integration "webex-myapp" is known only after the deploy; if it is not "C0ffee", its grants are lost, because Webex refreshes them for the old client only',
    ]);
  });

  it('the notice names an integration as declared', () => {
    const renamed: Partial<DeploymentInput> = {
      integrations: [
        { name: 'reports', vaultName: 'webex-myapp', clientId: 'C0ffee', redirectUrl: 'http://localhost:5000/auth' },
      ],
      credentials: [{ name: 'testauth', integration: 'reports', scopes: ['spark:people_read'] }],
    };
    const noted = grantsOf(exampleDeployment(renamed));
    const found = (change: PlannedChange) => grantConsequences(planned(noteChange(noted, noted), change), NOW);
    expect(found(deleted).losses).toEqual(testauth('without integration "reports" it cannot be refreshed'));
    expect(found(ofAnotherClient).losses).toEqual(testauth(another.replace('webex-myapp', 'reports')));
    expect(found({ type: ENTRY, before: entry(), after: { path: entry().path } }).notices).toEqual([
      expect.stringContaining('the client id of integration "reports" is known only after the deploy'),
    ]);
  });

  it('the comparison ignores other endpoints', () => {
    const others = ['oauthapp/config', 'sys/mounts/auth/approle/tune', 'auth/oidc/config'];
    expect(lossesOf(...others.map((path) => ({ type: ENTRY, name: path, before: { path, data_json: '{}' } })))).toEqual(
      [],
    );
  });

  it('the comparison names an integration that the note does not know, as after a partial deploy', () => {
    const halfDone = { ...deleted, before: { ...entry(), path: 'oauthapp/servers/half-done' } };
    expect(lossesOf(halfDone)).toEqual([
      {
        kind: 'integration',
        name: 'half-done',
        why: expect.stringContaining('without integration "half-done" it cannot be refreshed') as string,
      },
    ]);
  });

  it('the comparison ignores other types of resources', () => {
    expect(lossesOf({ ...deleted, type: 'vault_policy' })).toEqual([]);
    expect(lossesOf(deleted, { type: 'vault_policy', after: entry() })).toHaveLength(1);
  });

  it.each(['none', '{}'])('the comparison ignores a client that cannot be read, before or afterwards: %s', (text) => {
    const unreadable = { ...entry(), data_json: text };
    expect(noticesOf({ type: ENTRY, before: unreadable, after: { path: entry().path } })).toEqual([]);
    expect(noticesOf({ type: ENTRY, before: unreadable, after: entry() })).toEqual([]);
    expect(noticesOf({ type: ENTRY, before: entry(), after: unreadable })).toEqual([]);
  });

  it.each([
    ['a path that is known only after the apply', undefined],
    ['the same name at another mount', 'teams/webex/servers/webex-myapp'],
  ])('an integration keeps its grants if its entry is written at %s', (_, path) => {
    const after = { ...entry(), path };
    expect(noticesOf({ type: ENTRY, actions: ['delete', 'create'], before: entry(), after })).toEqual([]);
  });

  it('an integration loses its grants if another one takes the place of its entry', () => {
    const renamed = { ...entry(), path: 'oauthapp/servers/other' };
    const replaced = { type: ENTRY, actions: ['delete', 'create'], before: entry(), after: renamed };
    expect(lossesOf(replaced)).toEqual(testauth(without));
    expect(lossesOf(deleted, { type: ENTRY, name: 'other', after: renamed })).toEqual(testauth(without));
  });

  it('an integration keeps its grants if the entry of another one is created or stays', () => {
    const other = { ...entry('another'), path: 'oauthapp/servers/other' };
    expect(noticesOf({ type: ENTRY, after: other })).toEqual([]);
    expect(noticesOf({ type: ENTRY, name: 'other', before: other, after: other })).toEqual([]);
    expect(noticesOf({ type: ENTRY, after: entry('another') })).toEqual([]);
  });

  it('the comparison takes a path without a mount, or below the entries, for no entry', () => {
    const paths = ['servers', 'oauthapp/servers/webex-myapp/more', 'oauthapp/server/webex-myapp', ''];
    expect(lossesOf(...paths.map((path) => ({ ...deleted, name: path, before: { ...entry(), path } })))).toEqual([]);
  });

  it('the comparison names the integration if the state does not list its credentials', () => {
    const why = 'and the state has no note of its credentials';
    expect(grantConsequences(planned(noteChange(undefined, NOTED), ofAnotherClient), NOW).losses).toEqual([
      { kind: 'integration', name: 'webex-myapp', why: `${another}, ${why}` },
    ]);
    expect(grantConsequences(planned(deleted), NOW).losses).toEqual([
      { kind: 'integration', name: 'webex-myapp', why: `${without}, ${why}` },
    ]);
  });

  it('the comparison names the grants recorded in the state if the plan leaves the note out', () => {
    const { notices, losses } = grantConsequences(plannedBeside([NOTE], ofAnotherClient), NOW);
    expect(losses).toEqual(testauth(another));
    expect(notices).toEqual([
      'the plan leaves out a part of the stack, as with -target; only losses are shown, and not which app reads what afterwards',
    ]);
    expect(grantConsequences(plannedBeside([NOTE], deleted), NOW)).toEqual({ notices: [], losses: testauth(without) });
  });
});

describe('a login, whatever is declared', () => {
  const role = { role_name: 'people-me', backend: 'approle' };
  const APPROLE_ROLE = 'vault_approle_auth_backend_role';
  const ends = 'its role id and secret ids become invalid';

  it('the notice says that an app loses its identity with its role', () => {
    expect(noticesOf({ type: APPROLE_ROLE, before: role })).toEqual([`app "people-me" loses its identity: ${ends}`]);
    expect(noticesOf({ type: APPROLE_ROLE, actions: ['delete', 'create'], before: role, after: role })).toEqual([
      `app "people-me" gets another identity: ${ends}`,
    ]);
  });

  it.each([
    ['vault_jwt_auth_backend_role', { role_name: 'people-me', backend: 'jwt' }],
    ['vault_kubernetes_auth_backend_role', { role_name: 'people-me', backend: 'kubernetes' }],
    ['vault_cert_auth_backend_role', { name: 'people-me', backend: 'cert' }],
  ])(
    'the notice says that an app loses its identity if its %s is deleted, and omits a recreated role',
    (type, before) => {
      const { identity } = { identity: { jwt: { issuer: 'https://i.example', audience: 'v', claims: { sub: 'j' } } } };
      const declared = exampleDeployment({ apps: [{ name: 'people-me', reads: ['testauth'], identity }] });
      const noted = grantsOf(declared);
      const found = (change: PlannedChange) => grantConsequences(planned(noteChange(noted, noted), change), declared);
      expect(found({ type, before }).notices).toEqual(['app "people-me" loses its identity: it can no longer log in']);
      expect(found({ type, actions: ['delete', 'create'], before, after: before }).notices).toEqual([]);
    },
  );

  it("the notice asks for a secret id if an app's role was missing from Vault", () => {
    expect(noticesOf({ type: APPROLE_ROLE, after: role })).toEqual([
      'app "people-me" gets an identity; issue it a secret id: npx --no-install webex-token-vault issue people-me',
    ]);
    expect(noticesOf({ type: 'vault_jwt_auth_backend_role', after: { role_name: 'job', backend: 'jwt' } })).toEqual([]);
    expect(noticesOf({ type: APPROLE_ROLE, actions: ['update'], before: role, after: role })).toEqual([]);
  });

  it("the comparison reports a role's removal once if the declaration explains it", () => {
    const before = exampleDeployment({
      apps: [
        { name: 'people-me', reads: ['testauth'] },
        { name: 'former', reads: ['testauth'] },
      ],
    });
    const { notices } = grantConsequences(
      planned(noteChange(grantsOf(before), NOTED), { type: APPROLE_ROLE, before: { ...role, role_name: 'former' } }),
      NOW,
    );
    expect(notices).toEqual([`app "former" loses its identity: ${ends}`]);
  });

  it('the notice names a role that belongs to no declared app', () => {
    expect(noticesOf({ type: APPROLE_ROLE, before: { ...role, role_name: 'half-done' } })).toEqual([
      'role "half-done" is deleted from "auth/approle"',
    ]);
  });

  it('the notice names the loss of every role in a removed auth method', () => {
    expect(noticesOf({ type: 'vault_jwt_auth_backend', before: { path: 'jwt' } })).toEqual([
      'the auth method at "jwt" is deleted, with every role in it, also those of others',
    ]);
    expect(noticesOf({ type: 'vault_auth_backend', before: { path: 'cert' } })).toHaveLength(1);
    expect(noticesOf({ type: 'vault_auth_backend', after: { path: 'cert' } })).toEqual([]);
  });

  it('the notice says that an app loses its identity if only a part of the stack is destroyed', () => {
    const { notices, losses } = grantConsequences(
      planned(noteChange(NOTED, undefined), { type: APPROLE_ROLE, before: role }),
      NOW,
    );
    expect(notices).toEqual([`app "people-me" loses its identity: ${ends}`]);
    expect(losses).toEqual([]);
  });
});
