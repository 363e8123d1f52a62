import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { consequences, type Consequences } from '../../../lib/terraform/consequences';
import { planOf, type Plan } from '../../../lib/terraform/plan';
import { stopsServer } from '../../../lib/terraform/server-consequences';
import { PROJECT_FOLDER } from '../../fixtures/runs/project-folder';

/* Plans as `terraform show -json` gave them for changes of the rehearsal's declaration, cut to what becomes of each resource. */

function planned(name: string): Plan {
  return planOf(JSON.parse(readFileSync(join(PROJECT_FOLDER, `test/fixtures/plans/${name}.json`), 'utf8')));
}

function of(plan: string): Consequences {
  return consequences(planned(plan), ['testauth']);
}

it('are none of a plan that changes nothing', () => {
  expect(of('unchanged')).toEqual({ notices: [], losses: [] });
});

it('say of an engine that was made by hand that it keeps its grants', () => {
  const mount = { path: 'oauthapp', type: 'oauthapp' };
  const change = { actions: ['update'], before: mount, after: mount, importing: { id: 'oauthapp' } };
  const adopting = planOf({
    resource_changes: [{ address: 'vault_mount.engine', type: 'vault_mount', name: 'engine', change }],
  });
  expect(consequences(adopting, ['testauth'])).toEqual({
    notices: ['the engine at "oauthapp" is taken over as it is, with its grants; its configuration is written anew'],
    losses: [],
  });
});

it('say of a plugin that nobody reloads who has to', () => {
  const plan = planned('plugin-upgraded');
  const changes = plan.changes.filter(({ name }) => !name.startsWith('engine_reload'));
  expect(consequences({ ...plan, changes }, ['testauth']).notices).toEqual([
    'the plugin is replaced in the catalog, and the engine goes on running the old one until you have it reloaded: "npx --no-install webex-token-vault pause" before that, "resume" after it',
  ]);
});

it.each<[string, string[]]>([
  ['the client secret is written again', ['secret-version', 'the client secret of "webex-myapp" is written again']],
  [
    'the plugin is started anew',
    [
      'plugin-upgraded',
      'the plugin is replaced and started anew; refreshing is paused for that, so that no grant is lost, and goes on afterwards',
    ],
  ],
  [
    'apps read other credentials, and a new one gets an identity',
    [
      'apps-changed',
      'app "another" gets an identity; issue it a secret id: npx --no-install webex-token-vault issue another',
      'app "another" may now read "testauth"',
      'app "people-me" may now read "two"',
      'app "people-me" may no longer read "testauth"',
    ],
  ],
  [
    'an app that is called otherwise gets another identity',
    [
      'app-renamed',
      'app "another" gets an identity; issue it a secret id: npx --no-install webex-token-vault issue another',
      'app "people-me" loses its identity: its role id and its secret ids end; if it is "another" from now on, declare renamedFrom: "people-me" there, and its role id and its secret ids stay',
      'app "another" may now read "testauth"',
    ],
  ],
  [
    'an integration and an app are called otherwise, as is declared',
    [
      'renamed',
      'integration "webex-myapp" is called "reports" from now on; its grants stay',
      'app "people-me" is called "reader" from now on; its role id and its secret ids stay',
    ],
  ],
  [
    'they are called as before',
    [
      'renamed-back',
      'integration "reports" is called "webex-myapp" from now on; its grants stay',
      'app "reader" is called "people-me" from now on; its role id and its secret ids stay',
    ],
  ],
  [
    'nothing is called otherwise that was not there',
    [
      'renamed-from-the-start',
      'the client secret of "reports" is written',
      'app "reader" gets an identity; issue it a secret id: npx --no-install webex-token-vault issue reader',
      'app "reader" may now read "testauth"',
    ],
  ],
  [
    'the engine moves',
    [
      'mount-moved',
      'the client secret of "webex-myapp" is written again',
      'the engine moves from "oauthapp" to "webex" with its grants; apps have to read there from now on: OAUTHAPP_MOUNT=webex',
    ],
  ],
])('%s', (_, [plan = '', ...notices]) => {
  const found = of(plan);
  expect([...found.notices].sort()).toEqual(notices.sort());
  expect(found.losses).toEqual([]);
});

it.each([
  [
    'plugin-renamed',
    'the engine at "oauthapp" is deleted, with every grant in it, also of credentials that are declared no more',
  ],
  [
    'destroyed',
    'the engine at "oauthapp" is deleted, with every grant in it, also of credentials that are declared no more',
  ],
  ['integration-renamed', 'without integration "webex-myapp" it cannot be refreshed'],
  ['client-id-changed', 'integration "webex-myapp" gets another client id, and Webex refreshes for the old one only'],
])('%s ends a grant', (plan, why) => {
  expect(of(plan).losses).toEqual([{ kind: 'credential', name: 'testauth', why }]);
});

it('tell of what goes by the name that it had, and how to keep it under another', () => {
  expect(of('renamed-loosely')).toEqual({
    notices: expect.arrayContaining([
      'integration "reports" goes; if it is "other" from now on, declare renamedFrom: "webex-myapp" there, and its grants stay',
      'app "reader" loses its identity: its role id and its secret ids end; if it is "other" from now on, declare renamedFrom: "people-me" there, and its role id and its secret ids stay',
      'app "other" gets an identity; issue it a secret id: npx --no-install webex-token-vault issue other',
      'the client secret of "other" is written',
    ]) as string[],
    losses: [{ kind: 'credential', name: 'testauth', why: 'without integration "reports" it cannot be refreshed' }],
  });
});

it('tell of what keeps its name, and is what it was no more', () => {
  const { notices, losses } = of('renamed-no-more');
  expect(notices).toEqual(
    expect.arrayContaining([
      'integration "reports" goes; with renamedFrom: "webex-myapp", without which it is declared now, its grants stay',
      'app "reader" loses its identity: its role id and its secret ids end; with renamedFrom: "people-me", without which it is declared now, its role id and its secret ids stay',
    ]),
  );
  expect(notices.join()).not.toContain('is called');
  expect(losses).toHaveLength(1);
});

describe('of a server that is replaced', () => {
  interface Container {
    readonly start: boolean;
    readonly command: readonly string[];
  }

  const replaced = (before: Container, actions = ['delete', 'create']): Plan =>
    planOf({
      resource_changes: [
        {
          address: 'docker_container.server',
          type: 'docker_container',
          name: 'server',
          change: { actions, before: { name: 'vault', ...before }, after: { name: 'vault', start: before.start } },
        },
      ],
    });
  const container = (before: Container): Consequences => consequences(replaced(before), ['declared']);

  it.each([
    [true, 'keeps what it has', { start: true, command: ['server', '-config=/openbao/config'] }],
    [false, 'forgets all', { start: true, command: ['server', '-dev', '-dev-no-store-token'] }],
    [false, 'only carries files', { start: false, command: ['server', '-config=/openbao/config'] }],
  ])('are %s: a stop to pause for, where it %s', (expected, _, before) => {
    expect(stopsServer(replaced(before))).toBe(expected);
    expect(stopsServer(replaced(before, ['no-op']))).toBe(false);
  });

  it('are the loss of all in dev mode, which keeps it in memory', () => {
    expect(container({ start: true, command: ['server', '-dev', '-dev-no-store-token'] }).losses).toEqual([
      { kind: 'credential', name: 'declared', why: 'the server "vault" keeps all in memory, and is stopped' },
    ]);
  });

  it('are an unsealing in production, whose volumes stay', () => {
    expect(container({ start: true, command: ['server', '-config=/openbao/config'] })).toEqual({
      notices: ['the server "vault" is stopped, and another one started in its place, to be unsealed'],
      losses: [],
    });
  });

  it('are none where a container only carries files, though its image would run in dev mode', () => {
    expect(container({ start: false, command: ['server', '-dev', '-dev-no-store-token'] })).toEqual({
      notices: [],
      losses: [],
    });
  });
});

describe('of a server in production that others take the place of', () => {
  const PRODUCTION = ['server', '-config=/openbao/configuration/server.json'];
  const DEV = ['server', '-dev', '-dev-no-store-token'];

  const container = (name: string, action: string, command = PRODUCTION): object => {
    const known = { name, start: true, command };
    const change = {
      actions: [action],
      before: action === 'create' ? null : known,
      after: action === 'delete' ? null : known,
    };
    return { address: `docker_container.${name}`, type: 'docker_container', name, change };
  };
  const release = (action: string): object => {
    const known = { name: 'vault', namespace: 'webex' };
    const change = {
      actions: [action],
      before: action === 'create' ? null : known,
      after: action === 'delete' ? null : known,
    };
    return { address: 'helm_release.server', type: 'helm_release', name: 'server', change };
  };
  const found = (...resource_changes: object[]): Consequences =>
    consequences(planOf({ resource_changes }), ['testauth']);
  const loss = (server: string): object => ({
    kind: 'credential',
    name: 'testauth',
    why: `the server "${server}" is stopped for a new and empty one: its grants stay in the volume "${server}-data", where nothing finds them unless mode, containerName and nodes are as they were`,
  });

  it.each<[string, string, object[]]>([
    [
      'other nodes',
      'vault',
      [container('vault', 'delete'), ...[1, 2, 3].map((n) => container(`vault-${n}`, 'create'))],
    ],
    ['one node', 'vault-3', [...[1, 2, 3].map((n) => container(`vault-${n}`, 'delete')), container('vault', 'create')]],
    ['another containerName', 'vault', [container('vault', 'delete'), container('other', 'create')]],
    ['mode dev', 'vault', [container('vault', 'delete'), container('vault', 'create', DEV)]],
    ['mode kubernetes', 'vault', [container('vault', 'delete'), release('create')]],
  ])('are the loss of all with %s', (_, server, changes) => {
    expect(found(...changes)).toEqual({ notices: [], losses: [loss(server)] });
  });

  it('are the loss of all where one on Kubernetes goes for a container', () => {
    expect(found(release('delete'), container('vault', 'create')).losses).toEqual([
      {
        kind: 'credential',
        name: 'testauth',
        why: 'the server "vault" in namespace "webex" is stopped for a new and empty one: its grants stay in the volumes of its pods, where nothing finds them unless mode, releaseName and namespace are as they were',
      },
    ]);
  });

  it('are no loss where another node of it stays, or comes with its volume', () => {
    const fewer = found(container('vault-3', 'delete'), container('vault-1', 'no-op'), container('vault-2', 'no-op'));
    expect(fewer.losses).toEqual([]);
    const atAnotherAddress = { ...container('vault', 'create'), address: 'docker_container.moved' };
    expect(found(container('vault', 'delete'), atAnotherAddress)).toEqual({
      notices: ['the server "vault" is stopped, and another one started in its place, to be unsealed'],
      losses: [],
    });
  });

  it('name the volumes where nothing comes in its place', () => {
    expect(found(container('vault', 'delete'))).toEqual({
      notices: [
        'the server "vault" is stopped; its volume "vault-data" stays, with every grant in it, and is found again by a deploy with the same mode, containerName and nodes; the audit log stays in "vault-audit"',
      ],
      losses: [],
    });
  });
});

describe('of what a plan does not look at, or hides', () => {
  const clientId = (plan: object): object => {
    const recorded = JSON.parse(
      readFileSync(join(PROJECT_FOLDER, 'test/fixtures/plans/client-id-changed.json'), 'utf8'),
    ) as {
      resource_changes: { address: string; type: string; name: string; change: { before: object | null } }[];
    };
    const entry = recorded.resource_changes.filter(({ address }) => address.includes('_entry_'));
    const policy = recorded.resource_changes.filter(({ address }) => address.startsWith('vault_policy.authorizer'));
    const values = policy.map(({ change, ...known }) => ({ ...known, values: change.before }));
    const drift = policy.map(({ change, ...known }) => ({
      ...known,
      change: { actions: ['delete'], before: change.before, after: null },
    }));
    return {
      resource_changes: entry,
      ...('drift' in plan ? { resource_drift: drift } : {}),
      ...('state' in plan ? { prior_state: { values: { root_module: { resources: values } } } } : {}),
    };
  };
  const why = 'integration "webex-myapp" gets another client id, and Webex refreshes for the old one only';

  it.each([
    ['with -target', { state: true }],
    ['where the policy of the authorizer was deleted behind our back', { drift: true }],
  ])('the grant that ends is known all the same %s', (_, what) => {
    expect(consequences(planOf(clientId(what)), []).losses).toEqual([{ kind: 'credential', name: 'testauth', why }]);
  });

  it('the integration is named where nothing says whose grants are its', () => {
    expect(consequences(planOf(clientId({})), []).losses).toEqual([
      {
        kind: 'integration',
        name: 'webex-myapp',
        why: `${why}, if a credential that is no longer declared for it has one`,
      },
    ]);
  });
});

it('tell of a client id that is known only after the apply', () => {
  const before = {
    path: 'oauthapp/servers/webex-myapp',
    data_json: '{"client_id":"C1","provider_options":{"token_url":"https://webex.example/v1/access_token"}}',
  };
  const entry = { address: 'vault_generic_endpoint.entry', type: 'vault_generic_endpoint', name: 'entry' };
  // Terraform leaves out of `after` what it does not know.
  const change = { actions: ['update'], before, after: { path: before.path }, after_unknown: { data_json: true } };
  expect(consequences(planOf({ resource_changes: [{ ...entry, change }] }), ['testauth'])).toEqual({
    notices: [
      'the client id of integration "webex-myapp" is known only once it is written; any other one than "C1" ends its grants, as Webex refreshes for the old one only',
    ],
    losses: [],
  });
});

describe('of an entry that is forgotten, and written elsewhere', () => {
  const entry = (client_id: string, host = 'webex.example'): string =>
    JSON.stringify({ client_id, provider_options: { token_url: `https://${host}/v1/access_token` } });
  const moved = (written: string): Consequences =>
    consequences(
      planOf({
        resource_changes: [
          {
            address: 'vault_generic_endpoint.integration-a_entry_00000000',
            type: 'vault_generic_endpoint',
            name: 'integration-a_entry_00000000',
            change: {
              actions: ['forget'],
              before: { path: 'oauthapp/servers/a', data_json: entry('C1') },
              after: null,
            },
          },
          {
            address: 'vault_generic_endpoint.integration-a_entry_00000000_at_webex',
            type: 'vault_generic_endpoint',
            name: 'integration-a_entry_00000000_at_webex',
            change: { actions: ['create'], before: null, after: { path: 'webex/servers/a', data_json: written } },
          },
        ],
      }),
      [],
    );

  it('are none where it is the same client', () => {
    expect(moved(entry('C1')).losses).toEqual([]);
  });

  it.each([
    ['of another client', entry('C2'), /gets another client id/],
    ['at another Webex', entry('C1', 'other.example'), /refreshes at another Webex, which did not give it/],
  ])('are a loss where it is one %s', (_, written, why) => {
    expect(moved(written).losses).toEqual([
      { kind: 'integration', name: 'a', why: expect.stringMatching(why) as string },
    ]);
  });
});

it('tells that a grant stays where it is while its credential is declared for another integration', () => {
  const policy = (integration: string): object => ({
    policy: `path "oauthapp/creds/testauth" {\n  allowed_parameters = {\n    "server" = ["${integration}"]\n  }\n}\n`,
  });
  const change = { actions: ['update'], before: policy('a'), after: policy('b') };
  const authorizer = { address: 'vault_policy.authorizer_policy_00000000', type: 'vault_policy' };
  const plan = planOf({ resource_changes: [{ ...authorizer, name: 'authorizer_policy_00000000', change }] });
  expect(consequences(plan, ['testauth'])).toEqual({
    notices: [
      'credential "testauth" is of integration "b" from now on; the grant that it has stays that of "a" until it is authorized anew, so keep "a" until then',
    ],
    losses: [],
  });
});

it('of records that go are no grant, while with the engine all of them go', () => {
  const deleted = (type: string, path: string) => ({
    address: `vault_mount.${type}`,
    type: 'vault_mount',
    name: type,
    change: { actions: ['delete'], before: { type, path }, after: null },
  });
  const changes = [deleted('kv', 'oauthapp-records'), deleted('oauthapp', 'oauthapp')];
  const both = consequences(planOf({ resource_changes: changes }), ['testauth']);
  expect(both.notices).toEqual(['the records at "oauthapp-records" go: who consented, and when']);
  expect(both.losses).toMatchObject([{ name: 'testauth' }]);
  const records = consequences(planOf({ resource_changes: changes.slice(0, 1) }), ['testauth']);
  expect(records.losses).toEqual([]);
});

describe('of identities', () => {
  interface Role {
    readonly type: string;
    readonly before?: object;
    readonly after?: object;
  }

  function noticesOf(...roles: Role[]): readonly string[] {
    const changes = roles.map(({ type, before, after }, index) => ({
      address: `${type}.${index}`,
      type,
      name: /role/.test(type) ? 'app-people-me_role_A0AF59C8' : 'auth-jwt_method_A0AF59C8',
      change: {
        actions: [...(before ? ['delete'] : []), ...(after ? ['create'] : [])],
        before: before ?? null,
        after: after ?? null,
      },
    }));
    return consequences(planOf({ resource_changes: changes }), []).notices;
  }

  const appRole = { type: 'vault_approle_auth_backend_role', role: { role_name: 'people-me' } };
  const jwt = { role_name: 'people-me', backend: 'jwt' };

  it('say that an app gets one, and how it is told', () => {
    expect(noticesOf({ type: 'vault_jwt_auth_backend_role', after: jwt })).toEqual([
      'app "people-me" may log in by jwt, with what it has already; how to tell it so: npx --no-install webex-token-vault issue people-me',
    ]);
  });

  it('say that an app logs in otherwise, and what of it ends', () => {
    const notices = noticesOf(
      { type: appRole.type, before: appRole.role },
      { type: 'vault_cert_auth_backend_role', after: { name: 'people-me' } },
    );
    expect(notices[0]).toBe(
      'app "people-me" logs in by cert from now on, by AppRole no more; its role id and its secret ids end',
    );
    const back = noticesOf(
      { type: 'vault_jwt_auth_backend_role', before: jwt },
      { type: appRole.type, after: appRole.role },
    );
    expect(back).toEqual([
      'app "people-me" logs in by AppRole from now on, by jwt no more',
      'app "people-me" gets an identity; issue it a secret id: npx --no-install webex-token-vault issue people-me',
    ]);
  });

  it('say that an app logs in elsewhere, or no more, and what goes with a method', () => {
    const moved = { ...jwt, backend: 'teams/jwt' };
    expect(noticesOf({ type: 'vault_jwt_auth_backend_role', before: jwt, after: moved })).toEqual([
      'app "people-me" logs in at "teams/jwt" from now on, at "jwt" no more: VAULT_AUTH_MOUNT=teams/jwt',
    ]);
    const gone = noticesOf(
      { type: 'vault_jwt_auth_backend_role', before: jwt },
      { type: 'vault_jwt_auth_backend', before: { path: 'jwt' } },
    );
    expect(gone).toEqual([
      'app "people-me" loses its identity: what it has logs it in no more',
      'the auth method at "jwt" goes, with every role in it, also those of others',
    ]);
  });
});
