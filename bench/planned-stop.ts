import { appendFileSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCommand, wholeNumber } from '../lib/cli/command';
import { runCommand } from '../lib/cli/program-run';
import { readRefreshing } from '../lib/vault/engine-refreshing';
import type { VaultClient } from '../lib/vault/vault-client';
import { findOauthappPlugin } from '../rehearsal/server/oauthapp-plugin';
import { succeeded } from '../test/fixtures/worlds/deployed-server';
import { DueGrants } from '../rehearsal/outage/due-grants';
import { OperatedVault } from '../test/fixtures/worlds/operated-vault';

/*
 * How many grants a stop loses in the middle of refreshing all of them, where Webex rotates refresh tokens: the stops that
 * nobody planned, and those that are, by the commands that the documents name, with the engine's declared defaults. A
 * quarter of an hour for five rounds.
 *
 *     npx tsx bench/planned-stop.ts [--rounds 5] [--grants 300] [--only upgrade]
 */

const WEBEX_MS = 500;

interface Stop {
  readonly what: string;
  /** What is to be there before. @default - nothing */
  readonly prepare?: () => Promise<void>;
  /** In the middle of it. @returns how many were refreshed when it took effect @default - by its end */
  readonly stop: (root: VaultClient) => Promise<unknown>;
  /** What makes the engine refresh again. @default - it does so by itself */
  readonly afterwards?: () => Promise<void>;
}

async function measure(named: string, rounds: number, count: number): Promise<void> {
  const plugins = mkdtempSync(join(tmpdir(), 'plugins-'));
  copyFileSync(await findOauthappPlugin(), join(plugins, 'oauthapp-0'));
  copyFileSync(join(plugins, 'oauthapp-0'), join(plugins, 'oauthapp-1'));
  // The same program with other bytes, as an upgrade is.
  appendFileSync(join(plugins, 'oauthapp-1'), 'next');
  await using operated = await OperatedVault.start({ seal: 'shamir', pluginDirectory: plugins });
  operated.engine.webex.behavior.refresh = 'rotate';
  let upgrades = 0;
  let stackDirectory: string | undefined;
  const declarePlugin = (): void => {
    const { engine } = operated.deployment;
    const path = join(plugins, `oauthapp-${upgrades % 2}`);
    operated.declare({ engine: { ...engine, plugin: { ...engine.plugin, path } } });
  };
  declarePlugin();
  succeeded(await operated.init());
  await operated.deploy();
  const grants = new DueGrants(operated.engine, count);

  const { node } = operated.server;
  const start = async (): Promise<void> => {
    await node.start();
    succeeded(await operated.run('unseal', ['--from', operated.out]));
    await node.untilActive();
  };
  const run = async (command: 'pause' | 'resume'): Promise<void> => {
    succeeded(await operated.run(command, ['--operators', operated.out]));
  };
  const reload = (root: VaultClient): Promise<void> => root.write('sys/plugins/reload/backend', { plugin: 'oauthapp' });
  const resume = (): Promise<void> => run('resume');

  const all: Stop[] = [
    { what: 'SIGKILL', stop: () => node.kill().then(start) },
    { what: 'SIGTERM', stop: () => node.stop().then(start) },
    { what: 'plugin reload', stop: reload },
    {
      what: 'pause, SIGTERM, resume',
      stop: () =>
        run('pause')
          .then(() => node.stop())
          .then(start),
      afterwards: resume,
    },
    { what: 'pause, plugin reload, resume', stop: (root) => run('pause').then(() => reload(root)), afterwards: resume },
    {
      what: 'plugin upgrade by deploy',
      prepare: async () => {
        upgrades += 1;
        declarePlugin();
        stackDirectory = await operated.synthesize();
      },
      stop: async (root) => {
        const deployed = operated.deploy('applier', stackDirectory);
        while ((await readRefreshing(root, 'oauthapp')).checkIntervalSeconds > 0) {
          await sleep(50);
        }
        const refreshed = operated.engine.refreshes.length;
        await deployed;
        return refreshed;
      },
    },
  ];
  const stops = all.filter(({ what }) => what.includes(named));
  const once = async ({ prepare, stop, afterwards }: Stop): Promise<{ refreshed: number; lost: string[] }> => {
    await prepare?.();
    return operated.asRoot(async (root) => {
      await grants.authorize(root);
      const before = operated.engine.refreshes.length;
      await grants.fallDue(root, WEBEX_MS);
      const atStop = await stop(root);
      const refreshed = (typeof atStop === 'number' ? atStop : operated.engine.refreshes.length) - before;
      await afterwards?.();
      return { refreshed, lost: await grants.lost(root) };
    });
  };
  const lost = new Map<string, string[]>(stops.map(({ what }) => [what, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const each of stops) {
      let found = await once(each);
      while (found.refreshed >= count) {
        process.stderr.write(`round ${round}/${rounds}: ${each.what}: came too late, once more\n`);
        found = await once(each);
      }
      const { refreshed, lost: names } = found;
      process.stderr.write(
        `round ${round}/${rounds}: ${each.what}: ${names.length} lost, ${refreshed} refreshed before\n`,
      );
      lost.get(each.what)?.push(String(names.length));
    }
  }
  rmSync(plugins, { recursive: true });
  const heads = Array.from({ length: rounds }, (_, index) => `round ${index + 1}`);
  const rows = [
    [`lost of ${count}`, ...heads],
    ['---', ...heads.map(() => '---')],
    ...[...lost].map((row) => row.flat()),
  ];
  process.stdout.write(rows.map((row) => `| ${row.join(' | ')} |\n`).join(''));
}

void runCommand(() =>
  createCommand({
    name: 'planned-stop',
    summary: 'Measures how many grants a stop loses, planned and not.',
    examples: { 'npx tsx bench/planned-stop.ts --rounds 3': 'measure each stop three times' },
  })
    .option('--only <text>', 'only those stops that have it in their name', '')
    .option('--rounds <n>', 'how often each is measured', wholeNumber, 5)
    .option('--grants <n>', 'how many grants are refreshed', wholeNumber, 300)
    .action(({ only, rounds, grants }: { only: string; rounds: number; grants: number }) =>
      measure(only, rounds, grants),
    ),
);
