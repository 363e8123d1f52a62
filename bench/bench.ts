import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ExplainedError } from 'webex-token-client/core';
import { run } from '../lib/process/child-process';
import { findOauthappPlugin } from '../rehearsal/server/oauthapp-plugin';
import { findServer } from '../rehearsal/server/server-binary';
import { Rehearsal } from '../rehearsal/rehearsal';
import { createCommand, runCommand, wholeNumber } from '../lib/cli/command';
import { deploymentFile, loadDeployment } from '../lib/declaration/load-deployment';

/*
 * How long the things take that a person waits for. Measured side by side in one run; nothing here is asserted.
 */

const PROJECT = resolve(__dirname, '..');
const PROGRAM = join(PROJECT, 'scripts/webex-token-vault.js');
const TSX = join(PROJECT, 'node_modules/tsx/dist/cli.mjs');

interface Measurement {
  readonly what: string;
  /** Runs it once. @returns seconds */
  readonly once: () => Promise<number>;
}

async function command(file: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const { exitCode, stdout, stderr } = await run(file, args, { cwd: PROJECT, env: { ...process.env, ...env } });
  if (exitCode !== 0) {
    throw new ExplainedError(
      `${[file, ...args].join(' ')} ended with exit code ${exitCode}: ${(stderr || stdout).trim().slice(-300)}`,
    );
  }
}

/** Everything but npm's packages is had anew: OpenBao, the plugin, Go's modules and builds. */
async function coldQuickstart(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'webex-token-vault-bench-'));
  try {
    await command(process.execPath, [PROGRAM, 'quickstart'], {
      WEBEX_TOKEN_VAULT_CACHE: join(folder, 'cache'),
      GOCACHE: join(folder, 'go-build'),
      GOMODCACHE: join(folder, 'go-modules'),
      GOFLAGS: '-modcacherw',
      PIP_NO_CACHE_DIR: '1',
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timed(what: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await what();
  return (performance.now() - started) / 1000;
}

async function main(rounds: number, cold: boolean): Promise<void> {
  const { deployment: declared } = await loadDeployment(deploymentFile());
  const [binary, pluginPath] = [await findServer(), await findOauthappPlugin()];
  await using rehearsal = await Rehearsal.start({ declared, binary, pluginPath });
  const synthesized = { ...rehearsal.environment, CDKTF_OUTDIR: join(rehearsal.folder, 'bench') };

  /** On a new server each time, so that everything has to be made. */
  const apply = (by: 'terraform' | 'applier') => async (): Promise<number> => {
    await using fresh = await Rehearsal.start({ declared, binary, pluginPath });
    await fresh.synthesize();
    return await timed(() => fresh.apply({ by }));
  };
  const deployed = {
    ...synthesized,
    ...Object.fromEntries(Object.entries(rehearsal.variables).map(([name, secret]) => [`TF_VAR_${name}`, secret])),
    VAULT_TOKEN: await rehearsal.operatorToken('provisioner'),
  };
  const deploy = (): Promise<void> =>
    command(process.execPath, [PROGRAM, 'deploy', 'webex-tokens', '--auto-approve'], deployed);
  await deploy();

  const measurements: Measurement[] = [
    {
      what: 'quickstart, warm cache',
      once: () => timed(() => command(process.execPath, [PROGRAM, 'quickstart'])),
    },
    { what: 'synthesis by main.ts', once: () => timed(() => command(process.execPath, [TSX, 'main.ts'], synthesized)) },
    { what: 'deploy of webex-tokens, nothing to change', once: () => timed(deploy) },
    { what: 'webex-tokens applied by Terraform, init included', once: apply('terraform') },
    { what: "webex-tokens applied by the rehearsal's applier", once: apply('applier') },
  ];

  const seconds = new Map<string, number[]>(measurements.map(({ what }) => [what, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { what, once } of measurements) {
      process.stderr.write(`round ${round}/${rounds}: ${what}\n`);
      seconds.get(what)?.push(await once());
    }
  }
  if (cold) {
    process.stderr.write('once: quickstart, cold cache\n');
    seconds.set('quickstart, cold cache', [await timed(coldQuickstart)]);
  }

  const rows = [...seconds].map(([what, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    const [min = NaN, median = NaN, max = NaN] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    return [what, min.toFixed(2), median.toFixed(2), max.toFixed(2), String(all.length)];
  });
  process.stdout.write(
    `${inColumns([['seconds', 'min', 'median', 'max', 'runs'], ...rows])}\n${cpus().length} cores, ${process.platform}-${process.arch}, Node ${process.version}\n`,
  );
}

/** The first column to the left, figures to the right. */
function inColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(([what = '', ...figures]) =>
      [what.padEnd(widths[0] ?? 0), ...figures.map((figure, column) => figure.padStart(widths[column + 1] ?? 0))].join(
        '  ',
      ),
    )
    .join('\n');
}

void runCommand(() =>
  createCommand({ name: 'bench', summary: 'Measures what a person waits for, each several times in turn.' })
    .option('--rounds <n>', 'how often each is measured', wholeNumber, 3)
    .option('--cold', 'also measure quickstart from an empty cache, once (minutes, and downloads)')
    .action((options: { rounds: number; cold?: true }) => main(options.rounds, options.cold ?? false)),
);
