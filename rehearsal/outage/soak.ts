import { writeFileSync } from 'node:fs';
import { ExplainedError } from '#core';
import { createCommand, wholeNumber } from '../../lib/cli/command';
import { runCommand } from '../../lib/cli/program-run';
import { atThePaceOfThisMachine, type Attempt } from './machine-pace';
import { runBatch } from './run-batch';
import { SCENARIOS } from './scenarios';
import { SeededRandom } from './seeded-random';
import { table, type Row } from './outage-table';

/*
 * A hundred days in the life of some grants, for each thing that can go wrong, a day in a few seconds: how many reads
 * failed, which grants were lost, how long it took until somebody was told. On the real server and plugin; only Webex is
 * simulated. It fails if an outcome is not the expected one. test/rehearsal/outage runs one scenario of each kind, on fewer days.
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
    const run = (attempt: Attempt): Promise<Row[]> =>
      runBatch(batch, { ...attempt, days, dayMs: secondsADay * 1000, random: new SeededRandom(seed) });
    rows.push(...(await atThePaceOfThisMachine(run)));
  }
  const text = table(rows);
  process.stdout.write(json ? `${JSON.stringify({ seed, days, secondsADay, rows }, undefined, 2)}\n` : `${text}\n`);
  if (!json) {
    process.stdout.write(`seed ${seed}, ${days} days of ${secondsADay} s\n`);
  }
  if (markdown !== undefined) {
    writeFileSync(markdown, `${text}\n`);
  }
  const unexpected = rows.filter(({ differences }) => differences.length > 0);
  if (unexpected.length > 0) {
    const lines = unexpected.flatMap(({ scenario, differences }) => [
      scenario,
      ...differences.map((line) => `  ${line}`),
    ]);
    throw new ExplainedError(
      `${unexpected.length} of ${rows.length} scenarios came out differently\n${lines.join('\n')}`,
    );
  }
}

void runCommand(() =>
  createCommand({
    name: 'soak',
    summary: 'Shows what becomes of reads and grants when Webex or Vault fails, a day in a few seconds.',
    examples: { 'npm run soak -- --days 10 --only outage': 'watch some faults for ten days' },
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
