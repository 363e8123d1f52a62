import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument } from 'commander';
import { ExplainedError } from '#core';
import { createCommand, wholeNumber } from '../lib/cli/command';
import { runCommand } from '../lib/cli/program-run';
import { measureDeploy } from './sections/deploy-time';
import { measureHelp } from './sections/help-time';
import { measureLook } from './sections/look-time';
import { measurePython } from './sections/python';
import { measureProxy } from './sections/proxy';
import { measureReaders } from './sections/readers';
import { resultsJson, thisMachine } from './results/results';
import { runSections, type Section } from './run-sections';
import { measureSynthesis } from './sections/synthesis-time';
import { table } from './results/results-table';
import { measureToken } from './sections/token-time';
import { measureUsage } from './sections/usage';

/* Measures a user's waiting times and compares them with their goals. README.md explains the figures. */

const SECTIONS: Readonly<Record<string, Section>> = {
  help: { summary: 'the help of the program, beside the start of Node', measure: measureHelp },
  token: { summary: 'a token in a shell, beside the start of Node', measure: measureToken },
  look: { summary: 'a look at 1,000 grants and 1,000 apps', measure: measureLook },
  readers: { summary: 'readers under load, and a wave of refreshes', measure: measureReaders },
  python: { summary: 'a token from the cache of the Python package', measure: measurePython },
  proxy: { summary: 'requests through webex-token proxy, beside direct ones', measure: measureProxy },
  usage: { summary: 'who read what, from a million lines of an audit log', measure: measureUsage },
  synthesis: { summary: 'main.ts with up to 10,000 apps', measure: measureSynthesis },
  deploy: { summary: 'plan and apply of 1,000 apps, and of one that changed', measure: measureDeploy },
};

const RESULTS = join(__dirname, 'results.json');

interface BenchOptions {
  readonly rounds: number;
  readonly json: string;
}

async function main(names: readonly string[], { rounds, json }: BenchOptions): Promise<void> {
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const results = await runSections(SECTIONS, { names, rounds, tell });
  const { rows, skipped, failed } = results;
  const machine = thisMachine();
  await writeFile(json, resultsJson(results, machine, new Date()));
  const { cores, cpu, memoryGiB, platform, node } = machine;
  const lines = [
    ...(rows.length > 0 ? [table(rows), ''] : []),
    `${cores} cores (${cpu}), ${memoryGiB} GiB, ${platform}, Node ${node}; ${rounds} rounds; also in ${json}`,
    ...skipped.map((line) => `not measured here: ${line}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (failed.length > 0) {
    throw new ExplainedError(`could not measure ${failed.join('; ')}`);
  }
}

const summaries = Object.entries(SECTIONS).map(([name, { summary }]) => `${name}: ${summary}`);

void runCommand(() =>
  createCommand({
    name: 'bench',
    summary: 'Measures what a user waits for.',
    examples: { 'npm run bench -- look --rounds 21': 'measure one section, more often' },
  })
    .addArgument(
      new Argument('[sections...]', `what to measure, by default all (${summaries.join('; ')})`).choices(
        Object.keys(SECTIONS),
      ),
    )
    .option('--json <file>', 'file of the results, for programs', RESULTS)
    .option('--rounds <n>', 'number of measurements of each', wholeNumber, 5)
    .action(main),
);
