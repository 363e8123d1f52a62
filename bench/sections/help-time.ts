import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { succeeded } from './child-usage';
import { inTurn, timed } from '../results/rounds';
import type { Row } from '../results/row';
import { needed, type Measuring } from '../run-sections';

/*
 * The time until the program prints its help, beside the start of Node. Every command takes this time before it begins.
 */

const PROJECT = resolve(__dirname, '..', '..');
const PROGRAM = join('scripts', 'webex-token-vault.js');

/** Beside Node's own start. */
const GOAL_MS = 250;

/** These take a tenth of a second each. */
const OFTEN = 3;

export async function measureHelp({ rounds, progress }: Measuring): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-help-'));
  try {
    progress('packing');
    const installed = await needed(unpacked(folder));
    const node = (...args: readonly string[]) => timed(() => succeeded(process.execPath, args, { cwd: folder }));
    const measured = await inTurn(
      rounds * OFTEN,
      {
        'node -e 0': () => node('-e', '0'),
        package: () => node(join(installed, PROGRAM), '--help'),
        clone: () => node(join(PROJECT, PROGRAM), '--help'),
      },
      progress,
    );
    const start = measured['node -e 0'];
    return (['package', 'clone'] as const).map((where) => ({
      section: 'help',
      what: `webex-token-vault --help of the ${where}, without Node's own start`,
      ours: 1000 * (measured[where] - start),
      other: { what: 'node -e 0', value: 1000 * start },
      unit: 'ms',
      goal: { of: 'ours', atMost: GOAL_MS },
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The package as it is published, with the packages of this clone. */
async function unpacked(folder: string): Promise<string> {
  await succeeded('npm', ['run', 'build'], { cwd: PROJECT });
  const { stdout } = await succeeded('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: PROJECT });
  await succeeded('tar', ['-xzf', stdout.trim()], { cwd: folder });
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'package');
}
