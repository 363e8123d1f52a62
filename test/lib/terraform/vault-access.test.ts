import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planOf, type Plan } from '../../../lib/terraform/plan';
import { readAccess, writeAccess } from '../../../lib/terraform/vault-access';
import { PROJECT_FOLDER } from '../../fixtures/runs/project-folder';

function planned(name: string): Plan {
  return planOf(JSON.parse(readFileSync(join(PROJECT_FOLDER, `test/fixtures/plans/${name}.json`), 'utf8')));
}

/** Each as `update+sudo path`, or `create|update path` where one of them will do. */
function written(name: string): string[] {
  return writeAccess(planned(name).changes).map(
    ({ path, capabilities }) =>
      `${capabilities.map((needed) => (typeof needed === 'string' ? needed : needed.join('|'))).join('+')} ${path}`,
  );
}

it('of a plan that changes nothing is reading what the state has', () => {
  const { changes } = planned('unchanged');
  expect(writeAccess(changes)).toEqual([]);
  expect(readAccess(changes).map(({ path }) => path)).toEqual([
    'auth/approle/role/people-me',
    'auth/approle/role/people-me/role-id',
    'oauthapp/config',
    'oauthapp/servers/webex-myapp',
    'sys/mounts/oauthapp',
    'sys/plugins/catalog/secret/oauthapp',
    'sys/policies/acl/oauthapp-app-people-me',
    'sys/policies/acl/oauthapp-authorizer',
  ]);
});

it('of what is made, changed and taken away is each in its own way', () => {
  expect(written('app-renamed')).toEqual([
    'create auth/approle/role/another',
    'read auth/approle/role/another',
    'read auth/approle/role/another/role-id',
    'delete auth/approle/role/people-me',
    'create|update sys/policies/acl/oauthapp-app-another',
    'read sys/policies/acl/oauthapp-app-another',
    'delete sys/policies/acl/oauthapp-app-people-me',
  ]);
  expect(written('plugin-upgraded')).toEqual([
    'update sys/plugins/reload/backend',
    'update+sudo sys/plugins/catalog/secret/oauthapp',
    'read+sudo sys/plugins/catalog/secret/oauthapp',
  ]);
  expect(written('mount-moved')).toEqual(
    expect.arrayContaining([
      'update+sudo sys/remount',
      'update sys/mounts/webex/tune',
      'create|update webex/servers/webex-myapp',
    ]),
  );
  // Terraform forgets it there.
  expect(written('mount-moved').join('\n')).not.toContain('oauthapp/servers/webex-myapp');
});

it('of what is taken away does not include what Terraform leaves alone', () => {
  expect(writeAccess(planned('destroyed').changes).map(({ path }) => path)).not.toContain('oauthapp/config');
});

it('of an auth method is the method, what it is told and its roles', () => {
  const made = (type: string, after: object) => ({
    address: `${type}.it`,
    type,
    name: 'it',
    change: { actions: ['create'], before: null, after },
  });
  const { changes } = planOf({
    resource_changes: [
      made('vault_jwt_auth_backend', { path: 'teams/jwt' }),
      made('vault_jwt_auth_backend_role', { backend: 'teams/jwt', role_name: 'job' }),
      made('vault_kubernetes_auth_backend_config', { backend: 'kubernetes' }),
      made('vault_kubernetes_auth_backend_role', { backend: 'kubernetes', role_name: 'pod' }),
      made('vault_cert_auth_backend_role', { backend: 'cert', name: 'workload' }),
    ],
  });
  const asked = writeAccess(changes).map(({ path, capabilities }) => `${capabilities.join('+')} ${path}`);
  expect(asked).toEqual([
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
