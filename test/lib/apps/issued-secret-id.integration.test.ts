import { z } from 'zod';
import {
  loginAppRole,
  NotPermitted,
  unwrapSecretId,
  VaultUnreachableError,
  WrappingTokenForgedError,
  WrappingTokenSpentError,
} from '#core';
import { defineDeployment } from '../../../lib/declaration/define-deployment';
import { issueSecretId } from '../../../lib/apps/issued-secret-id';
import { VaultClient } from '../../../lib/vault/vault-client';
import { LossyProxy } from '../../fixtures/loopback/lossy-proxy';
import type { AppLogin } from '../../../rehearsal/app-role';
import { WrittenVault } from '../../../rehearsal/written-vault';

/** Documentation addresses (RFC 5737). No login comes from this network. */
const ELSEWHERE = '192.0.2.0/24';

let vault: WrittenVault;
let issuer: VaultClient;
let anybody: VaultClient;
let reader: AppLogin;

beforeAll(async () => {
  vault = await WrittenVault.start({
    apps: [{ name: 'people-me', reads: ['testauth'], secretIdTtlSeconds: 600, secretIdUses: 2 }],
  });
  reader = await vault.appLogin('people-me');
  issuer = vault.admin.withToken(await vault.operatorToken('issuer'));
  anybody = vault.admin.withToken('');
});

afterAll(() => vault[Symbol.asyncDispose]());

const lookupReply = z.object({
  data: z.object({ secret_id_ttl: z.number(), secret_id_num_uses: z.number(), cidr_list: z.array(z.string()) }),
});

async function lookUp(secretId: string): Promise<z.infer<typeof lookupReply>['data']> {
  const path = 'auth/approle/role/people-me/secret-id/lookup';
  return (await vault.admin.write(path, { secret_id: secretId }, lookupReply)).data;
}

it('an issued secret id arrives wrapped, with the declared lifetime and uses', async () => {
  const before = Date.now();
  const issued = await issueSecretId(issuer, vault.deployment, 'people-me', 120);
  expect(issued.wrappingExpireTime.getTime()).toBeGreaterThan(before);
  expect(issued.wrappingExpireTime.getTime()).toBeLessThanOrEqual(Date.now() + 120_000);

  const secretId = await unwrapSecretId(anybody.connection, issued.wrappingToken);
  expect(await lookUp(secretId)).toMatchObject({ secret_id_ttl: 600, secret_id_num_uses: 2 });

  const login = () => loginAppRole(anybody.connection, { roleId: issued.roleId, secretId });
  await login();
  await login();
  await expect(login()).rejects.toThrow('wrong, expired or used up');
});

it('the wrapping of a secret id expires no later than the secret id', async () => {
  const { wrappingExpireTime } = await issueSecretId(issuer, vault.deployment, 'people-me', 1200);
  expect(wrappingExpireTime.getTime()).toBeLessThanOrEqual(Date.now() + 1_200_000);
});

it('a second unwrapping reports that someone may have taken the secret id', async () => {
  const { wrappingToken } = await issueSecretId(issuer, vault.deployment, 'people-me', 120);
  await unwrapSecretId(anybody.connection, wrappingToken);
  const again = unwrapSecretId(anybody.connection, wrappingToken);
  await expect(again).rejects.toMatchObject({ name: 'WrappingTokenSpentError' });
  await expect(again).rejects.toThrow('If you did not use it, someone has taken the secret id');
  await expect(again).rejects.not.toThrow(wrappingToken);
});

it('an issued secret id survives a lost answer about its lifetime', async () => {
  await using lossy = await LossyProxy.start(vault.server.address);
  lossy.lose = (request) => (request.endsWith('/secret-id-accessor/lookup') ? 'answer' : undefined);
  const client = new VaultClient({ address: lossy.address, token: await vault.operatorToken('issuer') });
  const issued = await issueSecretId(client, vault.deployment, 'people-me', 120);
  expect(issued.lifetime).toBeUndefined();
  await unwrapSecretId(anybody.connection, issued.wrappingToken);
});

it('an error after a lost answer says that this program probably used up the wrapping token', async () => {
  const { wrappingToken } = await issueSecretId(issuer, vault.deployment, 'people-me', 120);
  await using lossy = await LossyProxy.start(vault.server.address);
  lossy.lose = (request) => (request === 'PUT sys/wrapping/unwrap' ? 'answer' : undefined);
  const lost = unwrapSecretId(new VaultClient({ address: lossy.address }).connection, wrappingToken);
  await expect(lost).rejects.toThrow(WrappingTokenSpentError);
  await expect(lost).rejects.toThrow(/This program probably used it up/);
});

it('a client can unwrap a secret id after an earlier request got lost', async () => {
  const { wrappingToken } = await issueSecretId(issuer, vault.deployment, 'people-me', 120);
  await using lossy = await LossyProxy.start(vault.server.address);
  lossy.lose = (request) => (request === 'PUT sys/wrapping/unwrap' ? 'request' : undefined);
  const { connection } = new VaultClient({ address: lossy.address });
  await expect(unwrapSecretId(connection, wrappingToken)).rejects.toThrow(VaultUnreachableError);
  lossy.lose = () => undefined;
  await unwrapSecretId(connection, wrappingToken);
});

it('a client refuses a secret id that someone else wrapped', async () => {
  const fake = await vault.admin.writeWrapped('sys/wrapping/wrap', { secret_id: 'not yours' }, 120);
  await expect(unwrapSecretId(anybody.connection, fake.token)).rejects.toThrow(WrappingTokenForgedError);
});

it('an issued secret id is bound to the declared networks', async () => {
  const [app] = vault.deployment.apps;
  const bound = { ...vault.deployment, apps: [{ ...app, boundCidrs: [ELSEWHERE] }] } as typeof vault.deployment;
  const { roleId, wrappingToken } = await issueSecretId(issuer, bound, 'people-me', 120);
  const secretId = await unwrapSecretId(anybody.connection, wrappingToken);
  expect(await lookUp(secretId)).toMatchObject({ cidr_list: [ELSEWHERE] });
  await expect(loginAppRole(anybody.connection, { roleId, secretId })).rejects.toThrow(NotPermitted);
});

it('an issuer gets an error if the role in Vault is stricter than the declaration', async () => {
  await vault.admin.write('auth/approle/role/people-me/secret-id-num-uses', { secret_id_num_uses: 1 });
  await expect(issueSecretId(issuer, vault.deployment, 'people-me', 120)).rejects.toThrow(
    'AppRole auth/approle/role/people-me is stricter than app "people-me" in deployment.ts (num_uses cannot be higher than the role\'s secret_id_num_uses); deploy stack webex-tokens, then issue again',
  );
  await vault.admin.delete('auth/approle/role/people-me/secret-id-num-uses');
});

it('an issuer may issue only wrapped secret ids', async () => {
  await expect(issuer.write('auth/approle/role/people-me/secret-id', {})).rejects.toMatchObject({ statusCode: 403 });
});

it('the error names the capabilities that a token lacks for issuing', async () => {
  const app = vault.admin.withToken((await loginAppRole(anybody.connection, reader)).token);
  await expect(issueSecretId(app, vault.deployment, 'people-me', 120)).rejects.toMatchObject({
    name: 'NotPermitted',
    message:
      'this Vault token may not issue secret ids of app "people-me": it is invalid, or lacks "read" on auth/approle/role/people-me/role-id and "update" on auth/approle/role/people-me/secret-id; use a token with the issuer\'s policy',
  });
});

it('the error asks for the similar app for an unknown app, and names the stack for an undeployed app', async () => {
  await expect(issueSecretId(issuer, vault.deployment, 'people-you', 120)).rejects.toThrow(
    'unknown app "people-you"; did you mean "people-me"?',
  );
  const more = defineDeployment({
    vault: { address: vault.server.address },
    integrations: [{ name: 'webex-myapp', redirectUrl: 'http://localhost:5000/auth' }],
    credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
    apps: [{ name: 'new', reads: ['testauth'] }],
  });
  await expect(issueSecretId(vault.admin, more, 'new', 120)).rejects.toThrow(
    'Vault has no AppRole auth/approle/role/new; deploy stack webex-tokens, then issue again',
  );
});

it('each client keeps its own token after a wrapped write', async () => {
  await issueSecretId(vault.admin, vault.deployment, 'people-me', 120);
  await expect(
    vault.admin.withToken('s.wrong').writeWrapped('auth/approle/role/people-me/secret-id', {}, 60),
  ).rejects.toMatchObject({ statusCode: 403 });
  expect(await issuer.read('auth/approle/role/people-me/role-id', z.unknown())).toMatchObject({ wrap_info: null });
});
