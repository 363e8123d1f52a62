import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/* A package as npm packs it: a gzipped tar with all files below `package/`. */

const TOP = 'package/';

/** Hash of a tarball, as in a lock file. */
export function integrityOf(tarball: Buffer): string {
  return `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
}

/** A file of a package. */
interface PackagedFile {
  /** Path in the package. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

/** Unpacks the files of a tarball into a folder. @param tarball with a hash that was checked */
export async function unpack(tarball: Buffer, folder: string): Promise<void> {
  for (const { path, content, mode } of await filesOf(tarball)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode });
  }
}

/** Whether a folder has all files of the tarball, unchanged. */
export async function isUnpacked(tarball: Buffer, folder: string): Promise<boolean> {
  for (const { path, content } of await filesOf(tarball)) {
    const found = await readFile(join(folder, path)).catch(() => undefined);
    if (found?.equals(content) !== true) {
      return false;
    }
  }
  return true;
}

async function filesOf(tarball: Buffer): Promise<readonly PackagedFile[]> {
  const archive = extract();
  const files: PackagedFile[] = [];
  const reading = (async () => {
    for await (const entry of archive) {
      const { name, type, mode } = entry.header;
      const content = await buffer(entry as AsyncIterable<Buffer>);
      if (type === 'file' && name.startsWith(TOP)) {
        const path = normalize(name.slice(TOP.length));
        if (path.startsWith('..')) {
          throw new Error(`the package has a file outside of its folder: ${name}`);
        }
        files.push({ path, content, mode: (mode & 0o100) === 0 ? 0o644 : 0o755 });
      }
    }
  })();
  await Promise.all([pipeline(Readable.from([tarball]), createGunzip(), archive), reading]);
  return files;
}
