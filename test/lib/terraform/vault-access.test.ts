import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planOf, type Plan } from '../../../lib/terraform/plan';
import { readAccess, writeAccess } from '../../../lib/terraform/vault-access';
import { PROJECT_FOLDER } from '../../fixtures/declaration';

function planned(name: string): Plan {
  return planOf(JSON.parse(readFileSync(join(PROJECT_FOLDER, `test/fixtures/plans/${name}.json`), 'utf8')));
}

it('of a plan that changes nothing is reading what the state has', () => {
  const { changes } = planned('unchanged');
  expect(writeAccess(changes)).toEqual([]);
  expect(readAccess(changes).map(({ path }) => path)).toEqual([
    'auth/approle/role/people-me',
    'oauthapp/config',
    'oauthapp/servers/webex-myapp',
    'sys/mounts/oauthapp',
    'sys/plugins/catalog/secret/oauthapp',
    'sys/policies/acl/oauthapp-app-people-me',
    'sys/policies/acl/oauthapp-authorizer',
  ]);
});

it('of what is made, changed and taken away is each in its own way', () => {
  const write = [['create', 'update'], 'read'];
  expect(writeAccess(planned('app-renamed').changes)).toEqual([
    { path: 'auth/approle/role/another', capabilities: ['create', 'read'] },
    { path: 'auth/approle/role/people-me', capabilities: ['delete'] },
    { path: 'sys/policies/acl/oauthapp-app-another', capabilities: write },
    { path: 'sys/policies/acl/oauthapp-app-people-me', capabilities: ['delete'] },
  ]);
  expect(writeAccess(planned('plugin-upgraded').changes)).toEqual([
    { path: 'sys/plugins/reload/backend', capabilities: [['create', 'update']] },
    { path: 'sys/plugins/catalog/secret/oauthapp', capabilities: ['update', 'sudo', 'read'] },
  ]);
  const move = writeAccess(planned('mount-moved').changes);
  expect(move).toEqual(
    expect.arrayContaining([
      { path: 'sys/remount', capabilities: ['update', 'sudo'] },
      { path: 'sys/mounts/webex/tune', capabilities: ['update'] },
      { path: 'webex/servers/webex-myapp', capabilities: write },
    ]),
  );
  // Terraform forgets it there.
  expect(move.map(({ path }) => path)).not.toContain('oauthapp/servers/webex-myapp');
});

it('of what is taken away does not include what Terraform leaves alone', () => {
  expect(writeAccess(planned('destroyed').changes).map(({ path }) => path)).not.toContain('oauthapp/config');
});
