import { ExplainedError } from '#core';
import { createCommand, wholeNumber } from '../../lib/cli/command';
import { runCommand } from '../../lib/cli/program-run';
import { atThePaceOfThisMachine, type Attempt } from './machine-pace';
import { runBatch } from './scenario';
import { SCENARIOS } from './scenarios';
import { SeededRandom } from './seeded-random';
import { table, type Row } from './outage-table';

/*
 * A hundred scaled days of grants for each fault: failed reads, lost grants, and the time until a report. Server and plugin
 * are real; only Webex is simulated. An unexpected outcome is an error. test/rehearsal/outage runs some scenarios for fewer
 * days.
 */

interface Options {
  readonly days: number;
  readonly seed: number;
  readonly secondsADay: number;
  readonly atOnce: number;
  readonly only?: string;
  readonly json?: true;
}

async function main({ days, seed, secondsADay, atOnce, only = '', json }: Options): Promise<void> {
  const chosen = SCENARIOS.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) {
    const names = SCENARIOS.map(({ name }) => `  ${name}`).join('\n');
    throw new ExplainedError(`no scenario has "${only}" in its name; use a part of one of these names\n${names}`);
  }
  const rows: Row[] = [];
  for (let first = 0; first < chosen.length; first += atOnce) {
    const batch = chosen.slice(first, first + atOnce);
    batch.forEach(({ name }) => process.stderr.write(`${new Date().toISOString()} ${name}\n`));
    const run = (attempt: Attempt): Promise<Row[]> =>
      runBatch(batch, { ...attempt, days, dayMs: secondsADay * 1000, random: new SeededRandom(seed) });
    rows.push(...(await atThePaceOfThisMachine(run)));
  }
  const text = `${table(rows)}\nseed ${seed}, ${days} days of ${secondsADay} s\n`;
  process.stdout.write(json ? `${JSON.stringify({ seed, days, secondsADay, rows }, undefined, 2)}\n` : text);
  const unexpected = rows.filter(({ differences }) => differences.length > 0);
  if (unexpected.length > 0) {
    const lines = unexpected.map(({ scenario, differences }) => [scenario, ...differences].join('\n  '));
    throw new ExplainedError(
      `${unexpected.length} of ${rows.length} scenarios have an unexpected outcome\n${lines.join('\n')}`,
    );
  }
}

void runCommand(() =>
  createCommand({
    name: 'soak',
    summary: 'Shows the fate of reads and grants while Webex or Vault fails, at a few seconds a day.',
    examples: { 'npm run soak -- --days 10 --only "the person"': 'watch some faults for ten days' },
  })
    .option('--days <n>', 'number of scaled days for each fault', wholeNumber, 100)
    .option('--seed <n>', 'seed of the moments; the same seed repeats them', wholeNumber, 1)
    .option('--seconds-a-day <n>', 'duration of a scaled day, at least 2', wholeNumber, 3)
    .option('--at-once <n>', 'number of faults side by side', wholeNumber, 10)
    .option('--only <part>', 'only faults with this in their name')
    .option('--json', 'all outcomes, for programs')
    .action((options: Options) => main(options)),
);
