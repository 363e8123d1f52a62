import { NotDeployed } from '#core';
import { declaredConfiguration } from '../../../lib/declaration/derived/engine-configuration';
import { isPaused, readRefreshing } from '../../../lib/vault/engine-refreshing';
import { pauseRefreshing, resumeRefreshing, type Pause } from '../../../lib/vault/refresh-pause';
import { reloadPlugin } from '../../../lib/vault/plugin-reload';
import { VaultClient } from '../../../lib/vault/vault-client';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';
import { refusal, ScriptedVault } from '../../fixtures/loopback/scripted-vault';

const CONFIG = 'oauthapp/config';
const WRITE = `PUT ${CONFIG}`;

const declared = declaredConfiguration(exampleDeployment());

let server: ScriptedVault;
let vault: VaultClient;
let notes: string[];

beforeEach(async () => {
  server = await ScriptedVault.start();
  vault = new VaultClient({ address: server.address, token: 's.provisioner' });
  notes = [];
});
afterEach(() => server[Symbol.asyncDispose]());

function engineHas(changes: Readonly<Record<string, unknown>>): void {
  server.answer(CONFIG, { body: { data: { ...declared, ...changes } } });
}

/** Pauses, and interrupts the wait at once. The note tells how long the wait would be. */
async function pause(meant: Readonly<Record<string, unknown>> = declared): Promise<Pause | undefined> {
  const waiting = new AbortController();
  const note = (line: string): void => {
    notes.push(line);
    waiting.abort();
  };
  const options = { note, howToResume: 'resume it', signal: waiting.signal };
  return pauseRefreshing({ vault, mountPath: 'oauthapp', declared: meant }, options);
}

const MINUTE_LONG = { tune_provider_timeout_seconds: 40, tune_provider_timeout_expiry_leeway_factor: 1.5 };

it.each<[string, Record<string, unknown>, RegExp]>([
  ['as long as one may take, as it is declared', { tune_provider_timeout_seconds: 1 }, /waiting 13 s, .* 12 s$/],
  ['or as it was until now, where that is longer', MINUTE_LONG, /waiting 61 s, .* 60 s$/],
  ['a minute, where one may take any time', { tune_provider_timeout_seconds: 0 }, /waiting 61 s, because .* any time$/],
  ['again, where it was paused already', { tune_refresh_check_interval_seconds: 0 }, /was paused already.* 13 s/],
])('the pause waits %s', async (_, changes, said) => {
  engineHas(changes);
  await expect(pause()).rejects.toThrow('interrupted: refreshing at "oauthapp" stays paused, ');
  expect(notes).toEqual([expect.stringMatching(said)]);
});

it('the pause writes nothing if refreshing is paused, and waits for nothing if no periodic refresh is declared', async () => {
  engineHas({ tune_refresh_check_interval_seconds: 0 });
  await expect(pause()).rejects.toThrow('interrupted');
  await expect(pause({ ...declared, tune_refresh_check_interval_seconds: 0 })).resolves.toBeUndefined();
  expect(server.count(WRITE)).toBe(0);
  expect(notes).toHaveLength(1);
});

it("the pause assumes the plugin's defaults for an engine that was never configured", async () => {
  server.answer(CONFIG, refusal(404), refusal(404), { body: {} });
  const refreshing = await readRefreshing(vault, 'oauthapp');
  expect(refreshing).toEqual({ checkIntervalSeconds: 60, longestRefreshSeconds: 45, configuration: undefined });
  await expect(pause()).rejects.toThrow('interrupted');
  expect(notes).toEqual([expect.stringContaining('waiting 46 s')]);
  expect(server.count(WRITE)).toBe(1);
});

it.each([
  'no handler for route "oauthapp/config". route entry not found.',
  'no handler for route "oauthapp/config". route entry found, but backend is nil.',
])('the error says that an engine is not deployed if Vault says: %s', async (said) => {
  server.answer(CONFIG, refusal(404, said));
  await expect(pause()).rejects.toThrow(NotDeployed);
  await expect(resumeRefreshing({ vault, mountPath: 'oauthapp', declared })).rejects.toThrow(NotDeployed);
});

it('the resume writes only if refreshing is paused', async () => {
  engineHas({ tune_refresh_check_interval_seconds: 60 });
  await expect(resumeRefreshing({ vault, mountPath: 'oauthapp', declared })).resolves.toBe(false);
  expect(server.count(WRITE)).toBe(0);
  engineHas({ tune_refresh_check_interval_seconds: 0 });
  await expect(resumeRefreshing({ vault, mountPath: 'oauthapp', declared })).resolves.toBe(true);
  expect(server.count(WRITE)).toBe(1);
});

it('the engine counts as paused only if it refreshes nothing although the deployment declares that it does', () => {
  const [never, hourly] = [{ refreshCheckIntervalSeconds: 0 }, { refreshCheckIntervalSeconds: 3600 }];
  expect(isPaused({ checkIntervalSeconds: 0 }, hourly)).toBe(true);
  expect(isPaused({ checkIntervalSeconds: 60 }, hourly)).toBe(false);
  expect(isPaused({ checkIntervalSeconds: 0 }, never)).toBe(false);
});

it.each([
  ['there is no engine', refusal(400), 'there is no engine yet, so no plugin is reloaded'],
  [
    'the engine runs that plugin',
    { body: { data: { type: 'oauthapp', running_sha256: 'a' } } },
    'the engine runs this plugin already',
  ],
])('the reload neither pauses nor reloads if %s', async (_, mounted, line) => {
  server.answer('sys/mounts/oauthapp', mounted);
  engineHas({});
  const reload = { vault, mountPath: 'oauthapp', sha256: 'a', declared };
  await reloadPlugin(reload, { note: (said) => notes.push(said), howToResume: 'resume it' });
  expect(notes).toEqual([line]);
  expect(server.requests.filter((request) => request.startsWith('PUT '))).toEqual([]);
});
