import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NotDeployed } from 'webex-token-client/core';
import { z } from 'zod';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { declaredConfiguration } from '../../lib/declaration/engine-configuration';
import { isPaused, readRefreshing } from '../../lib/vault/engine-refreshing';
import { pauseRefreshing } from '../../lib/vault/refresh-pause';
import type { VaultClient } from '../../lib/vault/vault-client';
import { succeeded } from '../fixtures/deployed-server';
import { DueGrants } from '../fixtures/due-grants';
import { OperatedServer } from '../fixtures/operated-server';
import { Script } from '../fixtures/script';

/*
 * Each refresh token is good once, Webex takes a second, and 16 refreshes are under way when something is stopped: the
 * case in which a grant is lost if the answer of Webex cannot be stored. bench/planned-stop.ts does more of the same.
 */

/** Until all of them are refreshed, what stops has long begun, also on a machine that has much else to do. */
const GRANTS = 240;
/** Enough where it is stopped at once, and some of those that are under way are to be lost. */
const FEWER_GRANTS = 96;
const WEBEX_MS = 1000;

let plugins: string;
let operated: OperatedServer;
let grants: DueGrants;
let fewerGrants: DueGrants;

beforeAll(async () => {
  plugins = mkdtempSync(join(tmpdir(), 'plugins-'));
  copyFileSync(await findOauthappPlugin(), join(plugins, 'oauthapp'));
  // The same program with other bytes, as an upgrade is.
  copyFileSync(join(plugins, 'oauthapp'), join(plugins, 'oauthapp-next'));
  appendFileSync(join(plugins, 'oauthapp-next'), 'next');
  operated = await OperatedServer.start({ seal: 'shamir', pluginDirectory: plugins });
  operated.engine.webex.behaviour.refresh = 'rotate';
  declarePlugin('oauthapp');
  succeeded(await operated.init());
  await operated.deploy();
  grants = new DueGrants(operated.engine, GRANTS);
  fewerGrants = new DueGrants(operated.engine, FEWER_GRANTS);
});
afterAll(async () => {
  await operated[Symbol.asyncDispose]();
  rmSync(plugins, { recursive: true });
});

function declarePlugin(file: string): void {
  const { engine } = operated.deployment;
  operated.declare({
    // Far above what Webex takes, on a machine that is busy too: an answer that comes later is thrown away, and lost so.
    engine: { ...engine, providerTimeoutSeconds: 10, plugin: { ...engine.plugin, path: join(plugins, file) } },
  });
}

interface Outcome {
  /** How many were refreshed once that was done. */
  readonly refreshed: number;
  readonly lost: readonly string[];
}

/** What comes of it where that is done in the middle of refreshing all. */
async function after(
  due: DueGrants,
  stop: (root: VaultClient) => Promise<void>,
  next?: () => Promise<void>,
): Promise<Outcome> {
  return operated.asRoot(async (root) => {
    await due.authorise(root);
    const before = operated.engine.refreshes.length;
    await due.fallDue(root, WEBEX_MS);
    await stop(root);
    const refreshed = operated.engine.refreshes.length - before;
    await next?.();
    return { refreshed, lost: await due.lost(root) };
  });
}

/** It ends in the middle of the work, not before it nor after it, and loses none. */
function expectAllKept({ refreshed, lost }: Outcome): void {
  expect(refreshed).toBeGreaterThan(0);
  expect(refreshed).toBeLessThan(GRANTS);
  expect(lost).toEqual([]);
}

async function run(command: 'pause' | 'resume', ...args: string[]): Promise<string> {
  return succeeded(await operated.run(command, ['--operators', operated.out, ...args])).stdout;
}

async function checkInterval(): Promise<number> {
  return (await readRefreshing(await operated.as('provisioner'), 'oauthapp')).checkIntervalSeconds;
}

const reload = (root: VaultClient): Promise<void> => root.write('sys/plugins/reload/backend', { plugin: 'oauthapp' });

async function restart(): Promise<void> {
  const { node } = operated.server;
  await node.stop();
  await node.start();
  succeeded(await operated.run('unseal', ['--from', operated.out]));
  await node.untilActive();
}

const resume = async (): Promise<void> => {
  expect(await checkInterval()).toBe(0);
  await run('resume');
  expect(await checkInterval()).toBe(3600);
};

describe('without a pause', () => {
  it('a plugin that is reloaded loses grants', async () => {
    expect((await after(fewerGrants, reload)).lost).not.toEqual([]);
  });

  it('a server that is ended in good order loses grants', async () => {
    expect((await after(fewerGrants, restart)).lost).not.toEqual([]);
  });
});

describe('with one', () => {
  it('a plugin that is reloaded loses none', async () => {
    const stop = async (root: VaultClient): Promise<void> => {
      await run('pause');
      await reload(root);
    };
    expectAllKept(await after(grants, stop, resume));
  });

  it('a server that is ended in good order loses none, and stays paused until it is resumed', async () => {
    const stop = async (): Promise<void> => {
      await run('pause');
      await restart();
    };
    expectAllKept(await after(grants, stop, resume));
  });

  it('a plugin that is upgraded loses none: the deploy pauses and resumes by itself', async () => {
    declarePlugin('oauthapp-next');
    const stackDirectory = await operated.synthesize();
    const stop = async (): Promise<void> => {
      const { changed } = await operated.deploy('applier', stackDirectory);
      expect(changed).toEqual([
        expect.stringContaining('vault_plugin.engine_plugin'),
        expect.stringContaining('terraform_data.engine_reload'),
      ]);
    };
    expectAllKept(await after(grants, stop, async () => expect(await checkInterval()).toBe(3600)));
    expect(await runningPlugin()).toBe(await sha256Of(join(plugins, 'oauthapp-next')));
  });
});

describe('pause and resume', () => {
  it('may be repeated, say as JSON what was done, and keep each other field as it was', async () => {
    const said = async (command: 'pause' | 'resume'): Promise<unknown> => JSON.parse(await run(command, '--json'));
    const vault = await operated.as('provisioner');
    const { configuration: before } = await readRefreshing(vault, 'oauthapp');
    const mountPath = 'oauthapp';
    const first = { mountPath, paused: true, wasPaused: false, waitedSeconds: 11 };
    await expect(said('pause')).resolves.toEqual(first);
    const paused = await readRefreshing(vault, mountPath);
    expect(paused.configuration).toEqual({ ...before, tune_refresh_check_interval_seconds: 0 });
    expect(isPaused(paused, operated.deployment.engine)).toBe(true);
    await expect(said('pause')).resolves.toEqual({ ...first, wasPaused: true });
    const resumed = { mountPath, paused: false, wasPaused: true, checkIntervalSeconds: 3600 };
    await expect(said('resume')).resolves.toEqual(resumed);
    await expect(said('resume')).resolves.toEqual({ ...resumed, wasPaused: false });
    await expect(readRefreshing(vault, mountPath)).resolves.toMatchObject({ configuration: before });
  });

  it('a pause that is interrupted stays, and says so; a deploy resumes', async () => {
    const script = new Script('pause', ['--operators', operated.out], operated.environment);
    await script.says(/waiting 11 s, as a refresh that is under way may take 10 s/);
    script.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await script.result();
    expect(stderr).toMatch(
      /^error: interrupted: refreshing at "oauthapp" stays paused, and a refresh may be under way; .*: npx webex-token-vault resume$/m,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(await checkInterval()).toBe(0);
    expect((await operated.deploy()).changed).toEqual([
      expect.stringContaining('vault_generic_endpoint.engine_config'),
    ]);
    expect(await checkInterval()).toBe(3600);
    expect((await operated.deploy()).changed).toEqual([]);
  });

  it('a pause says that somebody has resumed while it waited', async () => {
    const script = new Script('pause', ['--operators', operated.out, '--json'], operated.environment);
    await script.says(/waiting 11 s/);
    await run('resume');
    const { exitCode, stdout, stderr } = await script.result();
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^error: refreshing at "oauthapp" was resumed while this waited, .*; pause again$/m);
  });

  it('an engine that is not there is to be deployed', async () => {
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
