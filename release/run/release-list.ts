import { stat } from 'node:fs/promises';
import type { PackedPackage } from '../packages/packed-package';
import type { PublishedImage } from '../publication/image-publication';
import type { ReleaseFile } from './release-files';

export interface ReleaseContents {
  readonly version: string;
  readonly packages: readonly PackedPackage[];
  readonly images: readonly PublishedImage[];
  readonly files: readonly ReleaseFile[];
  /** Typed commands that accepted the release. */
  readonly verified: readonly string[];
  readonly leftOut: readonly string[];
}

/** Everything of a release, as text. */
export async function releaseList(contents: ReleaseContents): Promise<string> {
  const { version, packages, images, files, verified, leftOut } = contents;
  const sized = await Promise.all(packages.map(async (each) => ({ ...each, bytes: (await stat(each.tarball)).size })));
  const parts: [title: string, lines: readonly string[]][] = [
    [
      'Packages',
      sized.map(({ name, files: { length }, bytes, integrity }) =>
        [`${name}@${version}`, `${length} files`, size(bytes), integrity].join('  '),
      ),
    ],
    [
      'Images',
      images.map(({ reference, bytes }) => `${reference}  ${bytes === 0 ? 'published already' : size(bytes)}`),
    ],
    ['Files', files.map(({ name, bytes, sha256 }) => `${name}  ${size(bytes)}  sha256:${sha256}`)],
    ['Verified by', verified],
    ['Not in this release', leftOut],
  ];
  return parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`)
    .join('\n');
}

function size(bytes: number): string {
  return `${bytes.toLocaleString('en-US')} bytes`;
}
