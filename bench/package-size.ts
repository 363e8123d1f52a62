import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ExplainedError } from '#core';
import { succeeded } from './child-usage';
import type { Row } from './row';
import type { Measuring } from './section';

/*
 * What is installed with the packed package in an empty folder, beside a project of CDKTF with the same providers, as
 * `cdktf init --template typescript` makes one, without its CLI and without what it tests with.
 */

const PROJECT = resolve(__dirname, '..');
const CDKTF = ['cdktf', 'constructs', '@cdktf/provider-vault', '@cdktf/provider-docker', '@cdktf/provider-helm'];
const TEMPLATE = ['typescript', '@types/node'];
const TS_NODE = 'ts-node@10.9.2';

export async function measurePackageSize({ progress, skip }: Measuring): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-size-'));
  try {
    progress('packing');
    await npm(PROJECT, 'run', 'build');
    await npm(PROJECT, 'pack', '--pack-destination', folder);
    await npm(PROJECT, 'pack', '--workspace', 'client', '--pack-destination', folder);
    const tarballs = (await readdir(folder)).filter((name) => name.endsWith('.tgz')).map((name) => join(folder, name));
    const pinned = await ownVersions();
    const installed = async (name: string, ...packages: readonly string[]): Promise<number> => {
      progress(`installing ${name}`);
      const project = join(folder, name);
      await mkdir(project);
      await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'user', private: true }));
      await npm(project, 'install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', ...packages);
      return sizeMiB(join(project, 'node_modules'));
    };
    const ours = await installed('ours', ...tarballs, ...CDKTF.map(pinned));
    const template = await installed('template', ...[...CDKTF, ...TEMPLATE].map(pinned), TS_NODE);
    const javascript = await installed('javascript', ...CDKTF.map(pinned));
    const row = { section: 'size', what: 'node_modules of the package, with its peers', ours, unit: 'MiB' } as const;
    return [
      {
        ...row,
        other: { what: 'a CDKTF project in TypeScript, same providers', value: template },
        goal: { of: 'ratio', atMost: 1.1 },
      },
      { ...row, other: { what: 'one in JavaScript', value: javascript } },
    ];
  } catch (error) {
    if (!(error instanceof ExplainedError)) {
      throw error;
    }
    skip(`the package: ${error.message}`);
    return [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  return succeeded('npm', args, { cwd });
}

/** @returns gives a package with the version that this project uses itself */
async function ownVersions(): Promise<(name: string) => string> {
  const { devDependencies } = z
    .object({ devDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')));
  return (name) => `${name}@${devDependencies[name] ?? 'latest'}`;
}

/** What its files take on the disk, as `du` counts. */
async function sizeMiB(folder: string): Promise<number> {
  let blocks = 0;
  for (const { parentPath, name } of await readdir(folder, { recursive: true, withFileTypes: true })) {
    blocks += (await lstat(join(parentPath, name))).blocks;
  }
  return (blocks * 512) / 2 ** 20;
}
