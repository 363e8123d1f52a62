import { join } from 'node:path';
import { prepareServerStop, type ServerStop } from '../../../../lib/cli/stack/server-stop';
import { readRefreshing } from '../../../../lib/vault/engine-refreshing';
import { ScriptedVault } from '../../../fixtures/loopback/scripted-vault';
import { WrittenVault } from '../../../../rehearsal/written-vault';

/* Steps of deploy and destroy before they stop a running server. */

let vault: WrittenVault;
let token: string;
const noted: string[] = [];

beforeAll(async () => {
  vault = await WrittenVault.start();
  token = await vault.operatorToken('provisioner');
  await vault.admin.write('oauthapp/config', {
    tune_provider_timeout_seconds: 1,
    tune_provider_timeout_expiry_leeway_factor: 1,
    tune_reap_check_interval_seconds: 0,
  });
});
afterAll(() => vault[Symbol.asyncDispose]());

interface Given {
  /** @default - the provisioner's */
  readonly token?: string;
  readonly address?: string;
  readonly mountPath?: string;
}

function prepare({ mountPath = 'oauthapp', ...given }: Given = {}): Promise<ServerStop> {
  const { engine, ...deployment } = vault.deployment;
  const work = {
    connection: { address: vault.server.address, token, ...given },
    operators: { path: join(vault.folder, 'no-operators'), isNamed: false },
    deployment: {
      ...deployment,
      engine: { ...engine, mountPath, tuning: { ...engine.tuning, providerTimeoutSeconds: 1 } },
    },
    signal: new AbortController().signal,
  };
  return prepareServerStop(work, (line) => noted.push(line));
}

it('the provisioner pauses refreshing before the stop, and the notice says how to resume', async () => {
  const { notice, pause } = await prepare();
  expect(notice).toMatch(
    /^refreshing is paused before the server stops, .*: npx --no-install webex-token-vault resume, or deploy webex-tokens$/,
  );
  await expect(readRefreshing(vault.admin, 'oauthapp')).resolves.toMatchObject({ checkIntervalSeconds: 60 });
  await pause?.();
  await expect(readRefreshing(vault.admin, 'oauthapp')).resolves.toMatchObject({ checkIntervalSeconds: 0 });
  expect(noted).toEqual([
    'refreshing at "oauthapp" is paused; waiting 2 s, because a running refresh may take 1 s',
    'refreshing stays paused; resume it once the server is unsealed: npx --no-install webex-token-vault resume',
  ]);
});

it.each<[string, () => Given, RegExp]>([
  ['there is no login', () => ({ token: undefined }), /no Vault token and no login was found/],
  ['the token is not good', () => ({ token: 's.none' }), /Vault answered 403/],
  ['nothing answers', () => ({ address: 'http://127.0.0.1:1' }), /no answer from Vault at http:\/\/127\.0\.0\.1:1/],
])('the notice states in one line the cost of the stop and the command to run if %s', async (_, given, why) => {
  const { notice, pause } = await prepare(given());
  expect(pause).toBeUndefined();
  expect(notice).toMatch(why);
  expect(notice).toMatch(
    /^refreshing cannot be paused before the server stops \(.*up to 16.*: npx --no-install webex-token-vault pause$/,
  );
});

it('the preparation spends no secret id that is valid for one login', async () => {
  process.env.VAULT_WRAPPED_SECRET_ID = 's.wrapped';
  try {
    expect((await prepare()).notice).toContain('VAULT_WRAPPED_SECRET_ID works for one login');
  } finally {
    delete process.env.VAULT_WRAPPED_SECRET_ID;
  }
});

it('a server without an engine gets no notice', async () => {
  await expect(prepare({ token: vault.server.rootToken, mountPath: 'elsewhere' })).resolves.toEqual({});
});

it('a sealed server gets no notice, because it refreshes nothing', async () => {
  await using sealed = await ScriptedVault.start();
  const status = { initialized: true, sealed: true, version: '2.7.2', t: 1, n: 1, progress: 0 };
  sealed.answer('sys/seal-status', { body: status });
  await expect(prepare({ address: sealed.address })).resolves.toEqual({});
});
