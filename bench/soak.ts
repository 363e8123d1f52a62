import { writeFileSync } from 'node:fs';
import { ExplainedError } from 'webex-token-client/core';
import { createCommand, runCommand, wholeNumber } from '../lib/cli/command';
import { runBatch } from './outage/run-batch';
import { SCENARIOS } from './outage/scenarios';
import { SeededRandom } from './outage/seeded-random';
import { table, type Row } from './outage/table';

/*
 * A hundred days in the life of some grants, for each thing that can go wrong, a day in a few seconds: how many reads
 * failed, which grants were lost, how long it took until somebody was told. On the real server and plugin; only Webex is
 * simulated. Nothing here is asserted: test/bench/outage does that, on fewer days.
 */

interface Options {
  readonly days: number;
  readonly seed: number;
  readonly secondsADay: number;
  readonly atOnce: number;
  readonly only?: string;
  readonly json?: true;
  readonly markdown?: string;
}

async function main({ days, seed, secondsADay, atOnce, only = '', json, markdown }: Options): Promise<void> {
  const chosen = SCENARIOS.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) {
    const names = SCENARIOS.map(({ name }) => `  ${name}`).join('\n');
    throw new ExplainedError(`--only "${only}" is in no name of a scenario; use a part of one of these\n${names}`);
  }
  const rows: Row[] = [];
  for (let first = 0; first < chosen.length; first += atOnce) {
    const batch = chosen.slice(first, first + atOnce);
    batch.forEach(({ name }) => process.stderr.write(`${new Date().toISOString()} ${name}\n`));
    rows.push(...(await runBatch(batch, { days, dayMs: secondsADay * 1000, random: new SeededRandom(seed) })));
  }
  const text = table(rows);
  process.stdout.write(json ? `${JSON.stringify({ seed, days, secondsADay, rows }, undefined, 2)}\n` : `${text}\n`);
  if (!json) {
    process.stdout.write(`seed ${seed}, ${days} days of ${secondsADay} s\n`);
  }
  if (markdown !== undefined) {
    writeFileSync(markdown, `${text}\n`);
  }
}

void runCommand(() =>
  createCommand({
    name: 'soak',
    summary: 'Shows what becomes of reads and grants when Webex or Vault fails, a day in a few seconds.',
  })
    .option('--days <n>', 'how many scaled days each fault is watched', wholeNumber, 100)
    .option('--seed <n>', 'for the moments at which things happen: the same ones again', wholeNumber, 1)
    .option('--seconds-a-day <n>', 'how long a scaled day takes, at least 2', wholeNumber, 3)
    .option('--at-once <n>', 'how many run side by side', wholeNumber, 10)
    .option('--only <part>', 'only those with this in their name')
    .option('--json', 'everything, for programs')
    .option('--markdown <file>', 'write the table there too')
    .action((options: Options) => main(options)),
);
