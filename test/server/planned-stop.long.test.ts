import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NotDeployed } from '#core';
import { z } from 'zod';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { declaredConfiguration } from '../../lib/declaration/derived/engine-configuration';
import { isPaused, readRefreshing } from '../../lib/vault/engine-refreshing';
import { pauseRefreshing } from '../../lib/vault/refresh-pause';
import type { VaultClient } from '../../lib/vault/vault-client';
import { succeeded } from '../fixtures/worlds/deployed-server';
import { DueGrants } from '../../rehearsal/outage/due-grants';
import { atThePaceOfThisMachine } from '../../rehearsal/outage/machine-pace';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { Script } from '../fixtures/programs/script';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/*
 * Webex needs seconds for a refresh, and each refresh token is valid once. 16 refreshes are under way at the stop. A
 * grant is lost if Webex's answer cannot be stored. bench/planned-stop.ts has more such cases.
 */

/** Refreshes of all grants but the first 16 take five times the delay of Webex. A stop begins before they end. */
const GRANTS = 96;
const PROVIDER_TIMEOUT_SECONDS = 10;
const FILES = ['oauthapp', 'oauthapp-next'] as const;

type PluginFile = (typeof FILES)[number];

let plugins: string;
let operated: OperatedVault;
let grants: DueGrants;
let pluginFile: PluginFile = 'oauthapp';

beforeAll(async () => {
  plugins = temporaryFolder();
  copyFileSync(await findOauthappPlugin(), join(plugins, 'oauthapp'));
  // The same program with other bytes stands for an upgrade.
  copyFileSync(join(plugins, 'oauthapp'), join(plugins, 'oauthapp-next'));
  appendFileSync(join(plugins, 'oauthapp-next'), 'next');
  operated = await OperatedVault.start({ seal: 'shamir', pluginDirectory: plugins });
  operated.engine.webex.behavior.refresh = 'rotate';
  declarePlugin('oauthapp');
  succeeded(await operated.init());
  await operated.deploy();
  grants = new DueGrants(operated.engine, GRANTS);
});
afterAll(() => operated[Symbol.asyncDispose]());

/** @param providerTimeoutSeconds limit of an answer of Webex; the engine drops later ones, which loses the grant */
function declarePlugin(file: PluginFile, providerTimeoutSeconds = PROVIDER_TIMEOUT_SECONDS): void {
  const { engine } = operated.deployment;
  pluginFile = file;
  operated.declare({
    engine: { ...engine, tuning: { providerTimeoutSeconds }, plugin: { ...engine.plugin, path: join(plugins, file) } },
  });
}

/** Writes the declared configuration of the engine. */
const configure = (root: VaultClient): Promise<void> =>
  root.write('oauthapp/config', declaredConfiguration(operated.deployment));

interface Stop {
  /** @default - nothing is needed before */
  readonly prepare?: () => Promise<void>;
  /** Action during the refresh of all grants. */
  readonly stop: (root: VaultClient) => Promise<void>;
  /** @default - nothing */
  readonly next?: () => Promise<void>;
}

interface Outcome {
  /** Number of refreshed grants after the stop. */
  readonly refreshed: number;
  readonly lost: readonly string[];
}

async function outcomeOf({ prepare, stop, next }: Stop): Promise<Outcome> {
  return atThePaceOfThisMachine(({ scale, lateness }) =>
    operated.asRoot(async (root) => {
      const timeoutSeconds = PROVIDER_TIMEOUT_SECONDS * scale;
      declarePlugin(pluginFile, timeoutSeconds);
      await configure(root);
      await grants.authorize(root);
      await prepare?.();
      const { refreshed } = await grants.during(root, { lateness, timeoutSeconds }, () => stop(root));
      await next?.();
      return { refreshed, lost: await grants.lost(root) };
    }),
  );
}

/** Expects a stop in the middle of the refreshes, without a lost grant. */
function expectAllKept({ refreshed, lost }: Outcome): void {
  expect(refreshed).toBeGreaterThan(0);
  expect(refreshed).toBeLessThan(GRANTS);
  expect(lost).toEqual([]);
}

async function run(command: 'pause' | 'resume', ...args: string[]): Promise<string> {
  return succeeded(await operated.operate(command, ...args)).stdout;
}

async function checkInterval(): Promise<number> {
  return (await readRefreshing(await operated.as('provisioner'), 'oauthapp')).checkIntervalSeconds;
}

const reload = (root: VaultClient): Promise<void> => root.write('sys/plugins/reload/backend', { plugin: 'oauthapp' });

async function restart(): Promise<void> {
  const { node } = operated.server;
  await node.stop();
  await node.start();
  succeeded(await operated.run('unseal', operated.keys));
  await node.untilActive();
}

const resume = async (): Promise<void> => {
  expect(await checkInterval()).toBe(0);
  await run('resume');
  expect(await checkInterval()).toBe(3600);
};

describe('without a pause', () => {
  it('a plugin reload without a pause loses grants', async () => {
    expect((await outcomeOf({ stop: reload })).lost).not.toEqual([]);
  });

  it('an orderly server stop without a pause loses grants', async () => {
    expect((await outcomeOf({ stop: restart })).lost).not.toEqual([]);
  });
});

describe('with a pause', () => {
  it('a plugin reload after a pause loses no grant', async () => {
    const stop = async (root: VaultClient): Promise<void> => {
      await run('pause');
      await reload(root);
    };
    expectAllKept(await outcomeOf({ stop, next: resume }));
  });

  it('an orderly server stop after a pause loses no grant, and the engine stays paused until resume', async () => {
    const stop = async (): Promise<void> => {
      await run('pause');
      await restart();
    };
    expectAllKept(await outcomeOf({ stop, next: resume }));
  });

  it('a plugin upgrade loses no grant, because deploy pauses and resumes by itself', async () => {
    let stackDirectory: string;
    const prepare = async (): Promise<void> => {
      // Each attempt upgrades to the other file.
      const [file = pluginFile] = FILES.filter((each) => each !== pluginFile);
      declarePlugin(file, operated.deployment.engine.tuning.providerTimeoutSeconds);
      stackDirectory = await operated.synthesize();
    };
    const stop = async (): Promise<void> => {
      const { changed } = await operated.deploy('applier', stackDirectory);
      expect(changed).toEqual([
        expect.stringContaining('vault_plugin.engine_plugin'),
        expect.stringContaining('terraform_data.engine_reload'),
      ]);
    };
    expectAllKept(await outcomeOf({ prepare, stop, next: async () => expect(await checkInterval()).toBe(3600) }));
    expect(await runningPlugin()).toBe(await sha256Of(join(plugins, pluginFile)));
  });
});

describe('pause and resume', () => {
  const declareTimeout = (seconds: number): Promise<void> => {
    declarePlugin(pluginFile, seconds);
    return operated.asRoot(configure);
  };

  beforeAll(() => declareTimeout(PROVIDER_TIMEOUT_SECONDS));

  it('pause and resume can be repeated, report as JSON, and keep every other field', async () => {
    const said = async (command: 'pause' | 'resume'): Promise<unknown> => JSON.parse(await run(command, '--json'));
    const vault = await operated.as('provisioner');
    const { configuration: before } = await readRefreshing(vault, 'oauthapp');
    const mountPath = 'oauthapp';
    const first = { mountPath, paused: true, wasPaused: false, waitedSeconds: 11 };
    await expect(said('pause')).resolves.toEqual(first);
    const paused = await readRefreshing(vault, mountPath);
    expect(paused.configuration).toEqual({ ...before, tune_refresh_check_interval_seconds: 0 });
    expect(isPaused(paused, operated.deployment.engine.tuning)).toBe(true);
    await expect(said('pause')).resolves.toEqual({ ...first, wasPaused: true });
    const resumed = { mountPath, paused: false, wasPaused: true, checkIntervalSeconds: 3600 };
    await expect(said('resume')).resolves.toEqual(resumed);
    await expect(said('resume')).resolves.toEqual({ ...resumed, wasPaused: false });
    await expect(readRefreshing(vault, mountPath)).resolves.toMatchObject({ configuration: before });
  });

  it('an interrupted pause stays in effect and says so, and the next deploy resumes', async () => {
    // The pause would wait for ten minutes. The test therefore interrupts it.
    await declareTimeout(600);
    const script = new Script('pause', ['--operators', operated.operators], operated.environment);
    await script.says(/waiting 601 s, because a running refresh may take 600 s/);
    script.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await script.result();
    expect(stderr).toMatch(
      /^error: interrupted: refreshing at "oauthapp" stays paused, and a refresh may be running; .*: npx --no-install webex-token-vault resume --operators \S+$/m,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(await checkInterval()).toBe(0);
    expect((await operated.deploy()).changed).toEqual([
      expect.stringContaining('vault_generic_endpoint.engine_config'),
    ]);
    expect(await checkInterval()).toBe(3600);
    expect((await operated.deploy()).changed).toEqual([]);
  });

  it('pause reports a concurrent resume', async () => {
    const ended = await atThePaceOfThisMachine(async ({ scale, lateness }) => {
      const timeoutSeconds = PROVIDER_TIMEOUT_SECONDS * scale;
      await declareTimeout(timeoutSeconds);
      lateness.allowAnswers(1000 * timeoutSeconds);
      const script = new Script('pause', ['--operators', operated.operators, '--json'], operated.environment);
      await script.says(new RegExp(`waiting ${timeoutSeconds + 1} s`));
      const saidMs = performance.now();
      await run('resume');
      lateness.began(saidMs);
      return script.result();
    });
    expect({ exitCode: ended.exitCode, stdout: ended.stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^error: refreshing at "oauthapp" was resumed during the wait, .* pause again$/m);
  });

  it('pause fails with NotDeployed if the engine is missing', async () => {
    const declared = declaredConfiguration(operated.deployment);
    const pause = operated.asRoot((vault) =>
      pauseRefreshing({ vault, mountPath: 'elsewhere', declared }, { note: () => undefined, howToResume: '' }),
    );
    await expect(pause).rejects.toThrow(NotDeployed);
  });
});

async function runningPlugin(): Promise<string> {
  const reply = z.object({ data: z.object({ running_sha256: z.string() }) });
  return (await (await operated.as('provisioner')).read('sys/mounts/oauthapp', reply)).data.running_sha256;
}

async function sha256Of(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
