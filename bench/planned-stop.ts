import { createCommand, wholeNumber } from '../lib/cli/command';
import { runCommand } from '../lib/cli/program-run';
import { declaredConfiguration } from '../lib/declaration/derived/engine-configuration';
import { defineDeployment } from '../lib/declaration/define-deployment';
import { pauseRefreshing, resumeRefreshing } from '../lib/vault/refresh-pause';
import { markdownTable } from '../rehearsal/markdown-table';
import { DueGrants } from '../rehearsal/outage/due-grants';
import { ProductionNodes } from '../rehearsal/server/production-nodes';
import { WebexEngine } from '../rehearsal/webex-engine';

/*
 * Counts the grants that a stop loses while the engine refreshes all of them, if Webex rotates refresh tokens. Unplanned
 * stops are compared with stops after a pause. Five rounds take a quarter of an hour.
 *
 *     npx tsx bench/planned-stop.ts [--rounds 5] [--grants 300] [--only SIGTERM]
 */

const WEBEX_MS = 500;

interface Stop {
  readonly what: string;
  readonly stop: () => Promise<void>;
  /** Makes the engine refresh again. @default - it does so by itself */
  readonly afterwards?: () => Promise<unknown>;
}

async function measure(named: string, rounds: number, count: number): Promise<void> {
  await using engine = await WebexEngine.start({ refresh: 'rotate' });
  await using server = await ProductionNodes.start({ seal: 'shamir' });
  const { rootToken, share } = await server.initializeByShares();
  const { node } = server;
  const root = node.client(rootToken);
  await engine.setUp(root);
  const deployment = defineDeployment({ ...engine.declaration, vault: { address: node.address } });
  const declared = declaredConfiguration(deployment);
  await root.write('oauthapp/config', declared);
  const grants = new DueGrants(engine, count);

  const start = async (): Promise<void> => {
    await node.start();
    await node.client().write('sys/unseal', { key: share });
    await node.untilActive();
  };
  const paused = { vault: root, mountPath: 'oauthapp', declared };
  const pause = () => pauseRefreshing(paused, { note: () => undefined, howToResume: 'resume' });
  const resume = () => resumeRefreshing(paused);
  const terminate = () => node.stop().then(start);
  const reload = (): Promise<void> => root.write('sys/plugins/reload/backend', { plugin: 'oauthapp' });
  const all: Stop[] = [
    { what: 'SIGKILL', stop: () => node.kill().then(start) },
    { what: 'SIGTERM', stop: terminate },
    { what: 'plugin reload', stop: reload },
    { what: 'pause, SIGTERM, resume', stop: () => pause().then(terminate), afterwards: resume },
    { what: 'pause, plugin reload, resume', stop: () => pause().then(reload), afterwards: resume },
  ];
  const stops = all.filter(({ what }) => what.includes(named));
  const once = async ({ stop, afterwards }: Stop): Promise<{ refreshed: number; lost: string[] }> => {
    await grants.authorize(root);
    const before = engine.refreshes.length;
    await grants.fallDue(root, WEBEX_MS);
    await stop();
    const refreshed = engine.refreshes.length - before;
    await afterwards?.();
    return { refreshed, lost: await grants.lost(root) };
  };
  const lost = new Map<string, string[]>(stops.map(({ what }) => [what, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const each of stops) {
      const progress = `round ${round}/${rounds}: ${each.what}`;
      let found = await once(each);
      while (found.refreshed >= count) {
        process.stderr.write(`${progress}: came too late, once more\n`);
        found = await once(each);
      }
      process.stderr.write(`${progress}: ${found.lost.length} lost, ${found.refreshed} refreshed before\n`);
      lost.get(each.what)?.push(String(found.lost.length));
    }
  }
  const heads = Array.from({ length: rounds }, (_, index) => `round ${index + 1}`);
  const rows = [...lost].map((row) => row.flat());
  process.stdout.write(`${markdownTable([`lost of ${count}`, ...heads], rows, heads)}\n`);
}

void runCommand(() =>
  createCommand({
    name: 'planned-stop',
    summary: 'Measures how many grants a stop loses, planned and not.',
    examples: { 'npx tsx bench/planned-stop.ts --rounds 3': 'measure each stop three times' },
  })
    .option('--only <text>', 'only stops with this in their name', '')
    .option('--rounds <n>', 'number of measurements of each', wholeNumber, 5)
    .option('--grants <n>', 'number of refreshed grants', wholeNumber, 300)
    .action(({ only, rounds, grants }: { only: string; rounds: number; grants: number }) =>
      measure(only, rounds, grants),
    ),
);
