import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { lastLine, type FinishedCommand, run } from '../../lib/processes/child-process';
import type { NpmRegistry } from '../registry/npm-registry';
import type { Toolchain } from './toolchain';

/** One command of an installed package. */
interface Check {
  readonly title: string;
  readonly command: readonly [string, ...string[]];
  /** Found in the output of a command that works. */
  readonly prints: RegExp;
}

/** The plugin is found as our program finds it: from the package that depends on it. */
const PLUGIN = `
  const { createRequire } = require('node:module');
  const { dirname, join } = require('node:path');
  const own = createRequire(require.resolve('webex-token-vault/package.json'));
  const folder = dirname(own.resolve('@webex-token-vault/plugin-${process.platform}-${process.arch}/package.json'));
  const { spawnSync } = require('node:child_process');
  const { stderr, stdout, error } = spawnSync(join(folder, 'bin/vault-plugin-secrets-oauthapp'), ['-help'], { encoding: 'utf8' });
  console.log(error ?? stdout + stderr);
`;

/** The program starts the rehearsal as a process. Without a request, it loads its code and ends with the program. */
const REHEARSAL = `
  const { fork } = require('node:child_process');
  const child = fork(require.resolve('@webex-token-vault/rehearsal/rehearsal.js'));
  child.once('spawn', () => child.disconnect());
  child.once('exit', (code) => console.log('the rehearsal ended with ' + code));
`;

/** @param version the version that all packages have */
function checks(version: string): readonly Check[] {
  const isVersion = new RegExp(`^${version.replaceAll('.', '[.]')}$`, 'm');
  return [
    { title: 'client', command: ['webex-token', '--version'], prints: isVersion },
    { title: 'root', command: ['webex-token-vault', '--version'], prints: isVersion },
    { title: 'rehearsal', command: ['node', '-e', REHEARSAL], prints: /ended with 0$/m },
    { title: 'plugin', command: ['node', '-e', PLUGIN], prints: /-ca-cert|plugin/ },
    { title: 'create', command: ['create-webex-token-vault', 'my-grants', '--yes'], prints: /my-grants/ },
  ];
}

export interface TrialResult {
  /** Failed steps with their reason. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

/**
 * Installs packages as a new user does: in an empty folder, with an empty HOME. Then it runs one command of each.
 *
 * @param names packages of ours
 */
export async function packageTrial(
  toolchain: Toolchain,
  registry: NpmRegistry,
  names: readonly string[],
  version: string,
): Promise<TrialResult> {
  const home = await mkdtemp(join(tmpdir(), 'package-trial-'));
  try {
    const folder = join(home, 'folder');
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), '{ "name": "trial", "private": true }');
    const env = toolchain.environment({ PATH: process.env.PATH, HOME: home, ...registry.clientEnvironment() });
    const startedAt = performance.now();
    const installed = await toolchain.install(folder, names, env);
    const seconds = (performance.now() - startedAt) / 1000;
    if (installed.exitCode !== 0) {
      return { failures: [`install: ${said(installed)}`], seconds };
    }
    const failures: string[] = [];
    const path = `${join(folder, 'node_modules/.bin')}${delimiter}${env.PATH ?? ''}`;
    for (const { title, command, prints } of checks(version)) {
      if (title === 'create' && !names.includes('create-webex-token-vault')) {
        continue;
      }
      const [program, ...args] = command;
      const done = await run(program, args, { cwd: folder, env: { ...env, PATH: path } });
      if (done.exitCode !== 0 || !prints.test(done.stdout + done.stderr)) {
        failures.push(`${title}: ${said(done)}`);
      }
    }
    return { failures, seconds };
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function said({ exitCode, stdout, stderr }: FinishedCommand): string {
  return `exit code ${exitCode}, "${lastLine(stderr) || lastLine(stdout)}"`;
}
