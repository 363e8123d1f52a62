import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

/* The release that this program belongs to. Packing writes the file, so a clone has none. */

const FILE = resolve(__dirname, '../../release.json');

const publishedPackage = z.object({
  name: z.string(),
  version: z.string(),
  /** Hash of the tarball, as in a lock file: `sha512-` and base64. */
  integrity: z.string().regex(/^sha512-[\w+/]+=*$/),
});

const publishedPlugin = publishedPackage.extend({
  /** Hash of the binary, in hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const releaseSchema = z.object({
  rehearsal: publishedPackage,
  /** By platform, such as `linux/x64`. */
  plugins: z.record(z.string(), publishedPlugin),
});

/** A package of ours that was published with this one. */
export type PublishedPackage = z.output<typeof publishedPackage>;
export type PublishedPlugin = z.output<typeof publishedPlugin>;
export type Release = z.output<typeof releaseSchema>;

/** The release that this program belongs to. @returns undefined in a clone */
export function ownRelease(file = FILE): Release | undefined {
  return existsSync(file) ? releaseSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

/** Path of the main file of webex-token-vault, in a clone and in the package. */
export function programFile(folder = __dirname): string {
  return existsSync(join(folder, 'package.json'))
    ? join(folder, 'scripts/webex-token-vault.js')
    : programFile(dirname(folder));
}
