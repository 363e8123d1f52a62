import { access } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { ExplainedError } from '#core';
import { cachedFolder } from '../../lib/files/cache-folder';
import { lastLine, run } from '../../lib/processes/child-process';

/** The newest version of each Node with long-term support, and the npm that comes with it. */
export const NODES = {
  20: { node: '20.20.2', npm: '10.9.9' },
  22: { node: '22.23.5', npm: '10.9.9' },
  24: { node: '24.22.3', npm: '11.21.2' },
  26: { node: '26.12.1', npm: '11.21.2' },
} as const;

/** Programs that install packages, each with its file in its package. */
const MANAGERS = {
  npm: { file: 'bin/npm-cli.js', install: ['install', '--no-audit', '--no-fund'] },
  pnpm: { file: 'bin/pnpm.cjs', install: ['add'] },
  yarn: { file: 'bin/yarn.js', install: ['add', '--non-interactive', '--no-progress'] },
} as const;

const OTHER_VERSIONS = { pnpm: '10.34.8', yarn: '1.22.22' } as const;

export interface Combination {
  readonly manager: keyof typeof MANAGERS;
  readonly major: keyof typeof NODES;
}

export const COMBINATIONS: readonly Combination[] = [
  ...([20, 22, 24, 26] as const).map((major) => ({ manager: 'npm' as const, major })),
  { manager: 'pnpm', major: 22 },
  { manager: 'yarn', major: 22 },
];

/** Such as `npm-22`. */
export function combinationName({ manager, major }: Combination): string {
  return `${manager}-${major}`;
}

/** A Node, and a program that installs packages with it. */
export class Toolchain {
  private constructor(
    readonly node: string,
    private readonly manager: string,
    private readonly installing: readonly string[],
  ) {}

  /** Gets both from the registry of npm's settings, once. */
  static async of({ manager, major }: Combination, report: (line: string) => void): Promise<Toolchain> {
    const { file, install } = MANAGERS[manager];
    const { node, npm } = NODES[major];
    const name = `node-${process.platform}-${process.arch}`;
    const nodeFolder = await fetched(name, node, 'bin/node', report);
    const version = manager === 'npm' ? npm : OTHER_VERSIONS[manager];
    const managerFolder = await fetched(manager, version, file, report);
    return new Toolchain(join(nodeFolder, 'bin/node'), join(managerFolder, file), install);
  }

  /** Installs packages into the folder. */
  install(folder: string, names: readonly string[], env: NodeJS.ProcessEnv) {
    return run(this.node, [this.manager, ...this.installing, ...names], { cwd: folder, env: this.environment(env) });
  }

  /** The environment in which `node` is this one. */
  environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return { ...env, PATH: `${dirname(this.node)}${delimiter}${env.PATH ?? ''}` };
  }
}

/** @returns folder of the package in the cache */
async function fetched(name: string, version: string, file: string, report: (line: string) => void): Promise<string> {
  const inside = join('node_modules', name);
  const folder = await cachedFolder({
    name: `matrix-${name}-${version}`,
    isUsable: (candidate) =>
      access(join(candidate, inside, file)).then(
        () => true,
        () => false,
      ),
    fill: async (target) => {
      report(`fetching ${name} ${version}`);
      const args = ['install', '--prefix', target, '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`];
      const { exitCode, stderr } = await run('npm', args, { cwd: target });
      if (exitCode !== 0) {
        throw new ExplainedError(
          `${name} ${version} could not be fetched: npm said "${lastLine(stderr)}"; check the network`,
        );
      }
    },
  });
  return join(folder, inside);
}
