import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
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

/** Unpacks the files of a tarball into a folder. @param tarball with a hash that was checked */
export async function unpack(tarball: Buffer, folder: string): Promise<void> {
  const archive = extract();
  const unpacking = (async () => {
    for await (const entry of archive) {
      const { name, type, mode } = entry.header;
      const content = await buffer(entry as AsyncIterable<Buffer>);
      if (type === 'file' && name.startsWith(TOP)) {
        const path = normalize(name.slice(TOP.length));
        if (path.startsWith('..')) {
          throw new Error(`the package has a file outside of its folder: ${name}`);
        }
        const file = join(folder, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content, { mode: (mode & 0o100) === 0 ? 0o644 : 0o755 });
      }
    }
  })();
  await Promise.all([pipeline(Readable.from([tarball]), createGunzip(), archive), unpacking]);
}
