import { readAccess, writeAccess } from '../../../../lib/terraform/plan/vault-access';
import { planned, type PlannedChange } from '../../../fixtures/declarations/planned';

/** Each right as `update+sudo path`, or as `create|update path` if one of the capabilities suffices. */
function written(...changes: PlannedChange[]): string[] {
  return writeAccess(planned(...changes).changes).map(
    ({ path, capabilities }) =>
      `${capabilities.map((needed) => (typeof needed === 'string' ? needed : needed.join('|'))).join('+')} ${path}`,
  );
}

const role = (name: string) => ({ role_name: name, backend: 'approle' });
const policy = (name: string) => ({ name });
const ROLE = 'vault_approle_auth_backend_role';
const ENTRY = 'vault_generic_endpoint';

it('a plan that changes nothing needs read access to the objects in the state', () => {
  const stays = (type: string, name: string, before: object): PlannedChange => {
    const values = { ...before };
    return { type, name, before: values, after: values };
  };
  const { changes } = planned(
    stays('terraform_data', 'deployment', { input: 'deployment' }),
    stays('vault_auth_backend', 'approle', { path: 'approle' }),
    stays(ROLE, 'role', role('people-me')),
    stays(ENTRY, 'leases', { path: 'sys/mounts/auth/approle/tune', disable_read: true }),
    stays(ENTRY, 'config', { path: 'oauthapp/config' }),
    stays(ENTRY, 'entry', { path: 'oauthapp/servers/webex-myapp' }),
    stays('vault_mount', 'engine', { path: 'oauthapp' }),
    stays('vault_plugin', 'plugin', { name: 'oauthapp' }),
    stays('vault_policy', 'authorizer', policy('oauthapp-authorizer')),
  );
  expect(writeAccess(changes)).toEqual([]);
  expect(readAccess(changes).map(({ path }) => path)).toEqual([
    'auth/approle/role/people-me',
    'auth/approle/role/people-me/role-id',
    'oauthapp/config',
    'oauthapp/servers/webex-myapp',
    'sys/mounts/oauthapp',
    'sys/plugins/catalog/secret/oauthapp',
    'sys/policies/acl/oauthapp-authorizer',
  ]);
});

it('each kind of object has its own access to create, change and delete', () => {
  expect(
    written(
      { type: ROLE, name: 'another', after: role('another') },
      { type: ROLE, name: 'former', before: role('people-me') },
      { type: 'vault_policy', name: 'another', after: policy('oauthapp-app-another') },
      { type: 'vault_policy', name: 'former', before: policy('oauthapp-app-people-me') },
    ),
  ).toEqual([
    'create auth/approle/role/another',
    'read auth/approle/role/another',
    'read auth/approle/role/another/role-id',
    'delete auth/approle/role/people-me',
    'create|update sys/policies/acl/oauthapp-app-another',
    'read sys/policies/acl/oauthapp-app-another',
    'delete sys/policies/acl/oauthapp-app-people-me',
  ]);
});

it('a replaced plugin needs a reload', () => {
  const plugin = { name: 'oauthapp', sha256: 'a' };
  const reload = (sha256: string) => ({ triggers_replace: { sha256 } });
  const replaced = { type: 'vault_plugin', before: plugin, after: { ...plugin, sha256: 'b' } };
  const reloaded = {
    type: 'terraform_data',
    actions: ['delete', 'create'],
    before: reload('a'),
    after: reload('b'),
  };
  expect(written(reloaded, replaced)).toEqual([
    'update sys/plugins/reload/backend',
    'update+sudo sys/plugins/catalog/secret/oauthapp',
    'read+sudo sys/plugins/catalog/secret/oauthapp',
  ]);
  const other = { ...reloaded, before: { triggers_replace: { sha256: 'a', mount: 'oauthapp_1' } }, after: {} };
  expect(written(other)).toEqual([]);
});

it('a moved mount needs access to remount and to the new path, and forgotten entries need none', () => {
  const moved = written(
    { type: 'vault_mount', before: { path: 'oauthapp' }, after: { path: 'webex' } },
    { type: ENTRY, actions: ['forget'], before: { path: 'oauthapp/servers/webex-myapp' } },
    { type: ENTRY, name: 'there', after: { path: 'webex/servers/webex-myapp' } },
  );
  expect(moved).toEqual([
    'read sys/mounts/webex',
    'update+sudo sys/remount',
    'update sys/mounts/webex/tune',
    'create|update webex/servers/webex-myapp',
    'read webex/servers/webex-myapp',
  ]);
});

it('an entry that goes with its mount needs no delete access', () => {
  expect(
    written(
      { type: ENTRY, before: { path: 'oauthapp/config', disable_delete: true } },
      { type: 'vault_mount', before: { path: 'oauthapp' } },
    ),
  ).toEqual(['delete sys/mounts/oauthapp']);
});

it('an auth method needs access to the method, its configuration and its roles', () => {
  const made = (type: string, after: PlannedChange['after']): PlannedChange => ({ type, after });
  expect(
    written(
      made('vault_jwt_auth_backend', { path: 'teams/jwt' }),
      made('vault_jwt_auth_backend_role', { backend: 'teams/jwt', role_name: 'job' }),
      made('vault_kubernetes_auth_backend_config', { backend: 'kubernetes' }),
      made('vault_kubernetes_auth_backend_role', { backend: 'kubernetes', role_name: 'pod' }),
      made('vault_cert_auth_backend_role', { backend: 'cert', name: 'workload' }),
    ),
  ).toEqual([
    'update+sudo sys/auth/teams/jwt',
    'read+update auth/teams/jwt/config',
    'create auth/teams/jwt/role/job',
    'read auth/teams/jwt/role/job',
    'update auth/kubernetes/config',
    'read auth/kubernetes/config',
    'create auth/kubernetes/role/pod',
    'read auth/kubernetes/role/pod',
    'update auth/cert/certs/workload',
    'read auth/cert/certs/workload',
  ]);
});
