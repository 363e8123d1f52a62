import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { nodeUsage, type ChildUsage } from './child-usage';
import { manyApps } from './many-apps';
import { median } from '../results/rounds';
import type { Row } from '../results/row';
import type { Measuring } from '../run-sections';

/* `main.ts` with few and many apps, from a declaration to Terraform's JSON. */

const SECTION = 'synthesis';
const PROJECT = resolve(__dirname, '..', '..');
const COUNTS = [10, 100, 1_000, 10_000] as const;
const MOST = 10_000;

export async function measureSynthesis({ rounds, progress }: Measuring): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-synthesis-'));
  try {
    const usages = new Map<number, ChildUsage[]>(COUNTS.map((count) => [count, []]));
    const environment = (count: number): NodeJS.ProcessEnv => ({
      ...process.env,
      DEPLOYMENT: join(folder, `${count}.json`),
      CDKTF_OUTDIR: join(folder, `out-${count}`),
    });
    for (const count of COUNTS) {
      await writeFile(join(folder, `${count}.json`), JSON.stringify(manyApps(count)));
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const [count, all] of usages) {
        progress(`round ${round}/${rounds}: main.ts, ${count} apps`);
        all.push(await nodeUsage(['--import', 'tsx', 'main.ts'], { cwd: PROJECT, env: environment(count) }));
      }
    }
    const secondsOf = (count: number): number => median((usages.get(count) ?? []).map(({ seconds }) => seconds));
    const peakOf = (count: number): number => median((usages.get(count) ?? []).map(({ peakMiB }) => peakMiB));
    const beyondStart = (count: number): number => secondsOf(count) - secondsOf(COUNTS[0]);
    return [
      ...COUNTS.flatMap((count): Row[] => [
        {
          section: SECTION,
          what: `main.ts, ${count} apps`,
          ours: secondsOf(count),
          unit: 's',
          ...(count === MOST && { goal: { of: 'ours', atMost: 8 } }),
        },
        {
          section: SECTION,
          what: `main.ts, ${count} apps: memory at its peak`,
          ours: peakOf(count),
          unit: 'MiB',
          ...(count === MOST && { goal: { of: 'ours', atMost: 1024 } }),
        },
      ]),
      {
        section: SECTION,
        what: `main.ts, time of ${MOST} apps beyond that of 10`,
        ours: beyondStart(MOST),
        other: { what: 'ten times that of 1,000', value: 10 * beyondStart(1_000) },
        unit: 's',
        goal: { of: 'ratio', atMost: 1.2 },
        note: 'linear: 1',
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
