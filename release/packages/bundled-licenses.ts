import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const typed = z.object({ type: z.string() }).transform(({ type }) => type);

/** Old packages list several, or objects. */
const license = z.union([
  z.string(),
  typed,
  z.array(z.union([z.string(), typed])).transform((all) => all.join(' OR ')),
]);

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: license.optional() });

/** Folder of a package in the path of one of its files. */
const PACKAGE_FOLDER = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/**
 * Licenses of the packages in a bundle, because a copy of their code has to carry them.
 *
 * @param inputs files of the bundle, relative to the project
 * @throws Error for a package without a license
 */
export function bundledLicenses(project: string, inputs: readonly string[]): string {
  const folders = inputs.flatMap((input) => PACKAGE_FOLDER.exec(resolve(project, input))?.[0] ?? []);
  const licenses = new Map([...new Set(folders)].map((folder) => licenseIn(folder)));
  return [...licenses]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([title, text]) => `${title}\n${'='.repeat(title.length)}\n\n${text.trim()}\n`)
    .join('\n\n');
}

/** @returns name and version of the package, and its license */
function licenseIn(folder: string): [title: string, text: string] {
  const {
    name,
    version,
    license: declared,
  } = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  if (declared === undefined && texts.length === 0) {
    throw new Error(`${name}@${version} has no license; look at ${folder}`);
  }
  return [`${name}@${version} (${declared ?? 'see below'})`, texts.join('\n\n')];
}
