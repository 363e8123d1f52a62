import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ExplainedError } from '#core';
import { lastLine, run } from '../lib/process/child-process';
import { timed } from './rounds';
import { median } from './percentile';
import type { Row } from './row';
import type { Measuring } from './section';

/*
 * `npm run quickstart`, from the start of the command to its end, step by step as it tells them. Nothing stands beside it:
 * by hand it is an afternoon.
 */

const SECTION = 'quickstart';
const PROJECT = resolve(__dirname, '..');
const PROGRAM = join(PROJECT, 'scripts/webex-token-vault.js');

/** What the lines of its steps are about; see `rehearsal/quickstart.ts`. */
const STEPS = [
  'finding the server',
  'finding the plugin',
  'starting the server',
  'synthesis',
  'apply',
  'consent',
  'login',
  'read',
  'the next token',
];

interface Run {
  readonly all: number;
  /** Seconds of each step. */
  readonly steps: readonly number[];
}

export async function measureQuickstart({ rounds, cold, progress }: Measuring): Promise<Row[]> {
  // What is not in the cache yet is no part of a warm one.
  await quickstart();
  const warm: Run[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round}/${rounds}: warm`);
    warm.push(await quickstart());
  }
  const rows = rowsOf('warm', warm, 4);
  if (cold) {
    progress('once: cold');
    rows.push(...rowsOf('cold', [await coldQuickstart()], 45));
  }
  return rows;
}

function rowsOf(which: string, runs: readonly Run[], atMost: number): Row[] {
  const seconds = { section: SECTION, unit: 's' } as const;
  return [
    { ...seconds, what: which, ours: median(runs.map(({ all }) => all)), goal: { of: 'ours', atMost } },
    ...STEPS.map((step, index) => ({
      ...seconds,
      what: `${which}: ${index + 1}/${STEPS.length} ${step}`,
      ours: median(runs.map(({ steps }) => steps[index] ?? NaN)),
    })),
  ];
}

/** @param env beside that of this process */
async function quickstart(env: NodeJS.ProcessEnv = {}): Promise<Run> {
  let printed = '';
  const all = await timed(async () => {
    const options = { cwd: PROJECT, env: { ...process.env, ...env } };
    const { exitCode, stdout, stderr } = await run(process.execPath, [PROGRAM, 'quickstart'], options);
    if (exitCode !== 0) {
      throw new ExplainedError(`quickstart ended with exit code ${exitCode}: ${lastLine(stderr || stdout)}`);
    }
    printed = stdout;
  });
  // A step may tell how far it is before it tells how long it took.
  const steps = [...printed.matchAll(/^ *\d+\/\d+ {2}(?!…|\.\.\.).* {2}(\d+\.\d) s$/gm)].map(([, step]) =>
    Number(step),
  );
  if (steps.length !== STEPS.length) {
    throw new ExplainedError(
      `quickstart told ${steps.length} steps, and ${STEPS.length} are known here; name each in STEPS`,
    );
  }
  return { all, steps };
}

/** Everything but npm's packages is had anew: OpenBao, the plugin, Go's modules and builds. */
async function coldQuickstart(): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-quickstart-'));
  try {
    return await quickstart({
      WEBEX_TOKEN_VAULT_CACHE: join(folder, 'cache'),
      GOCACHE: join(folder, 'go-build'),
      GOMODCACHE: join(folder, 'go-modules'),
      GOFLAGS: '-modcacherw',
      PIP_NO_CACHE_DIR: '1',
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
