import { loginAppRole } from '#core';
import { z } from 'zod';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import type { VaultClient } from '../../lib/vault/vault-client';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { statusOf } from '../fixtures/results/refusal';
import { appliedRehearsal } from '../fixtures/worlds/applied-rehearsal';

/* Rights of an app to its own secret id. The app logs in by the AppRole of stack `webex-tokens`. */

const NETWORKS = ['127.0.0.0/8', '::1/128'];
const TTL_SECONDS = 3600;

const declared = defineDeployment({
  vault: { address: 'http://127.0.0.1:8200' },
  engine: { plugin: { sha256: '0'.repeat(64) } },
  integrations: [{ name: 'webex-myapp', clientId: 'client-one', redirectUrl: 'http://localhost:5000/auth' }],
  credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
  apps: [
    {
      name: 'renewing',
      reads: ['testauth'],
      renewsSecretId: true,
      secretIdTtlSeconds: TTL_SECONDS,
      boundCidrs: NETWORKS,
    },
    { name: 'renewing-too', reads: ['testauth'], renewsSecretId: true },
    { name: 'not-renewing', reads: ['testauth'] },
  ],
});

const anything = z.unknown();
const issuedReply = z.object({ data: z.object({ secret_id: z.string(), secret_id_ttl: z.number() }) });
const lookupReply = z.object({
  data: z.object({
    secret_id_ttl: z.number(),
    secret_id_num_uses: z.number(),
    metadata: z.record(z.string(), z.string()),
  }),
});

let rehearsal: Rehearsal;

beforeAll(async () => (rehearsal = await appliedRehearsal(declared)));
afterAll(() => rehearsal.stop());

async function loggedIn(login: { roleId: string; secretId: string }): Promise<VaultClient> {
  const { token } = await loginAppRole(rehearsal.admin.connection, login);
  return rehearsal.admin.withToken(token);
}

async function loggedInAs(app: string): Promise<VaultClient> {
  return loggedIn(await rehearsal.appRole(app));
}

const role = (app: string): string => `auth/approle/role/${app}`;

describe('an app that renews its secret id', () => {
  let app: VaultClient;
  let login: { roleId: string; secretId: string };

  beforeAll(async () => {
    login = await rehearsal.appRole('renewing');
    app = await loggedIn(login);
  });

  it("the app looks up its secret id, issues a new one with the role's settings, and logs in with it", async () => {
    await app.write(`${role('renewing')}/secret-id/lookup`, { secret_id: login.secretId }, lookupReply);
    const issued = (await app.write(`${role('renewing')}/secret-id`, {}, issuedReply)).data;
    expect(issued.secret_id_ttl).toBe(TTL_SECONDS);

    const next = await loggedIn({ ...login, secretId: issued.secret_id });
    const lookup = { secret_id: issued.secret_id };
    const { data } = await next.write(`${role('renewing')}/secret-id/lookup`, lookup, lookupReply);
    expect(data).toEqual({ secret_id_ttl: TTL_SECONDS, secret_id_num_uses: 0, metadata: {} });
    const { token } = await loginAppRole(rehearsal.admin.connection, { ...login, secretId: issued.secret_id });
    const boundReply = z.object({ data: z.object({ bound_cidrs: z.array(z.string()) }) });
    const bound = await rehearsal.admin.write('auth/token/lookup', { token }, boundReply);
    expect(bound.data.bound_cidrs).toEqual(expect.arrayContaining(['127.0.0.0/8', '::1']));
    expect(await statusOf(next.write(`${role('renewing')}/secret-id`, {}))).toBe(200);
  });

  it('Vault binds the new secret id to the networks of the role', async () => {
    await rehearsal.admin.write(`${role('renewing')}/secret-id-bound-cidrs`, {
      secret_id_bound_cidrs: ['192.0.2.0/24'],
    });
    const { data } = await app.write(`${role('renewing')}/secret-id`, {}, issuedReply);
    await expect(loggedIn({ ...login, secretId: data.secret_id })).rejects.toMatchObject({ name: 'NotPermitted' });
    await rehearsal.admin.write(`${role('renewing')}/secret-id-bound-cidrs`, { secret_id_bound_cidrs: NETWORKS });
  });

  it.each([
    ['a longer life', { ttl: '9999h' }],
    ['no end', { ttl: 0 }],
    ['metadata', { metadata: '{"a": "b"}' }],
    ['a number of uses', { num_uses: 1 }],
    ['other networks', { cidr_list: [] }],
    ['other networks of its tokens', { token_bound_cidrs: ['0.0.0.0/0'] }],
  ])('the policy forbids a secret id with %s', async (_, request) => {
    expect(await statusOf(app.write(`${role('renewing')}/secret-id`, request))).toBe(403);
  });

  it.each([
    ['issue one of its own choice', () => app.write(`${role('renewing')}/custom-secret-id`, { secret_id: 'x' })],
    ['issue one of another app', () => app.write(`${role('renewing-too')}/secret-id`, {})],
    ['look up one of another app', () => app.write(`${role('renewing-too')}/secret-id/lookup`, { secret_id: 'x' })],
    ['list them', () => app.list(`${role('renewing')}/secret-id`)],
    ['destroy one', () => app.write(`${role('renewing')}/secret-id/destroy`, { secret_id: 'x' })],
    ['read its role', () => app.read(role('renewing'), anything)],
    ['change its role', () => app.write(role('renewing'), { secret_id_ttl: 0 })],
    ['change how long they live', () => app.write(`${role('renewing')}/secret-id-ttl`, { secret_id_ttl: 0 })],
  ])('the policy of secret ids forbids an app to %s', async (_, call) => {
    expect(await statusOf(call())).toBe(403);
  });
});

it('only an app that is declared with renewsSecretId can renew its secret id', async () => {
  const login = await rehearsal.appRole('not-renewing');
  const app = await loggedIn(login);
  expect(await statusOf(app.write(`${role('not-renewing')}/secret-id`, {}))).toBe(403);
  const lookup = { secret_id: login.secretId };
  expect(await statusOf(app.write(`${role('not-renewing')}/secret-id/lookup`, lookup))).toBe(403);
  expect(await statusOf((await loggedInAs('renewing-too')).write(`${role('renewing-too')}/secret-id`, {}))).toBe(200);
});

it("a secret id lives as long as declared, even beyond Vault's default maximum", async () => {
  const { data } = await rehearsal.admin.write(`${role('not-renewing')}/secret-id`, {}, issuedReply);
  expect(data.secret_id_ttl).toBe(90 * 24 * 3600);
});

it('an app still logs in after repeated attempts with wrong secret ids', async () => {
  const login = await rehearsal.appRole('not-renewing');
  for (let tries = 0; tries < 8; tries++) {
    await expect(loggedIn({ ...login, secretId: 'made-up' })).rejects.toMatchObject({ name: 'NotPermitted' });
  }
  await loggedIn(login);
});

it('the provisioner sets the lifetime and the lockout of AppRole, and cannot tune anything else', async () => {
  const provisioner = rehearsal.admin.withToken(await rehearsal.operatorToken('provisioner'));
  const tune = 'sys/mounts/auth/approle/tune';
  expect(await statusOf(provisioner.write(tune, { max_lease_ttl: 90 * 24 * 3600 }))).toBe(200);
  expect(await statusOf(provisioner.write(tune, { user_lockout_config: { lockout_disable: true } }))).toBe(200);
  expect(await statusOf(provisioner.write(tune, { token_type: 'batch' }))).toBe(403);
  expect(await statusOf(provisioner.write('sys/mounts/auth/token/tune', { max_lease_ttl: 1 }))).toBe(403);
});
