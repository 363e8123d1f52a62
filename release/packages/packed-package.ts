import { join } from 'node:path';
import { z } from 'zod';
import { run } from '../../lib/processes/child-process';
import type { StagedPackage } from './staged-package';

/** A tarball as it is published. */
export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  /** Absolute path. */
  readonly tarball: string;
  /** Hash of the tarball, as in a lock file. */
  readonly integrity: string;
  /** Sorted paths in the package. */
  readonly files: readonly string[];
}

const packReply = z.tuple([
  z.object({ filename: z.string(), integrity: z.string(), files: z.array(z.object({ path: z.string() })) }),
]);

/** Packs a staged package by npm, into the folder. */
export async function packStaged(staged: StagedPackage, folder: string): Promise<PackedPackage> {
  await staged.writeJson('package.json', staged.manifest);
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { exitCode, stdout, stderr } = await run('npm', args, { cwd: staged.folder });
  if (exitCode !== 0) {
    throw new Error(`npm pack failed in ${staged.folder}: ${stdout}${stderr}`);
  }
  // npm 11 prints a list of packages. npm 12 prints an object with the package names as keys.
  const [{ filename, integrity, files }] = packReply.parse(Object.values(JSON.parse(stdout) as object));
  return {
    name: staged.manifest.name,
    version: staged.manifest.version,
    // npm 8 and earlier print the name of a scoped package with its scope.
    tarball: join(folder, filename.replace(/^@/, '').replace('/', '-')),
    integrity,
    files: files.map(({ path }) => path).sort(),
  };
}
