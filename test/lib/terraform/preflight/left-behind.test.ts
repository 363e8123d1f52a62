import {
  emptyMountNotices,
  occupiedMountObstacles,
  removeEmptyMounts,
  unknownMounts,
} from '../../../../lib/terraform/preflight/left-behind';
import type { Plan } from '../../../../lib/terraform/plan/plan';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { planned } from '../../../fixtures/declarations/planned';
import { refusal, ScriptedVault } from '../../../fixtures/loopback/scripted-vault';

/* Mounts that are in use, or have another type. In test/deploy, the real Terraform continues from empty mounts. */

let vault: ScriptedVault;
let client: VaultClient;

beforeEach(async () => {
  vault = await ScriptedVault.start();
  client = new VaultClient({ address: vault.address, token: 's.token' });
});
afterEach(() => vault[Symbol.asyncDispose]());

const JWT = planned({ type: 'vault_jwt_auth_backend', after: { path: 'jwt', type: 'jwt' } });
const APPROLE = planned({ type: 'vault_auth_backend', after: { path: 'approle', type: 'approle' } });
const records = { path: 'oauthapp-records', type: 'kv', options: { version: '2' } };
const RECORDS = planned({ type: 'vault_mount', after: records });

async function obstaclesOf(plan: Plan): Promise<string[]> {
  return occupiedMountObstacles(await unknownMounts(client, plan), exampleDeployment());
}

it('the search finds nothing if nothing is mounted or the token may not look', async () => {
  vault.answer('sys/mounts/auth/jwt', refusal(400));
  await expect(unknownMounts(client, JWT)).resolves.toEqual([]);
  vault.answer('sys/mounts/auth/jwt', refusal(403));
  await expect(unknownMounts(client, JWT)).resolves.toEqual([]);
});

it('the search treats a method without configuration as left over from a deploy, and the cleanup removes it', async () => {
  vault.answer('sys/mounts/auth/jwt', { body: { data: { type: 'jwt' } } });
  vault.answer('auth/jwt/config', refusal(404));
  vault.answer('sys/auth/jwt', { body: {} });
  const mounts = await unknownMounts(client, JWT);
  expect(emptyMountNotices(mounts)).toEqual([
    'the auth method at "jwt" is left over from a deploy that failed: it has no configuration and lets nobody in, so it is removed and created again',
  ]);
  await removeEmptyMounts(client, JWT);
  expect(vault.count('DELETE sys/auth/jwt')).toBe(1);
});

it.each([
  ['is configured', 'jwt', { body: { data: {} } }],
  ['may not be looked into', 'jwt', refusal(403)],
  ['is of another type', 'kubernetes', refusal(404)],
])('the cleanup keeps a method that %s, and the error names what to declare', async (_, type, config) => {
  vault.answer('sys/mounts/auth/jwt', { body: { data: { type } } });
  vault.answer('auth/jwt/config', config);
  await expect(obstaclesOf(JWT)).resolves.toEqual([
    `"jwt" is an auth method already, of type "${type}", and Terraform does not know it. If others manage it, declare manageMethod: false for the apps that log in there; otherwise choose another path for them`,
  ]);
  await removeEmptyMounts(client, JWT);
  expect(vault.count('DELETE sys/auth/jwt')).toBe(0);
});

it('the cleanup keeps an AppRole method that has a role', async () => {
  vault.answer('sys/mounts/auth/approle', { body: { data: { type: 'approle' } } });
  vault.answer('auth/approle/role?list=true', { body: { data: { keys: ['of-others'] } } });
  await expect(obstaclesOf(APPROLE)).resolves.toEqual([
    '"approle" is an auth method already, of type "approle", and Terraform does not know it. If it is AppRole, declare appRole.manage: false; otherwise choose another appRole.path',
  ]);
});

it('the cleanup keeps records that hold something', async () => {
  vault.answer('sys/mounts/oauthapp-records', { body: { data: { type: 'kv' } } });
  vault.answer('oauthapp-records/metadata?list=true', { body: { data: { keys: ['consents/'] } } });
  await expect(obstaclesOf(RECORDS)).resolves.toEqual([
    '"oauthapp-records" is mounted already, with type "kv", and Terraform does not know it; import it as vault_mount.it, or remove it if nothing in it is needed',
  ]);
});
