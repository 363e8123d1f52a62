import type { PlacedPackage } from './package-lock';

/** No licence, and none that SPDX has a name for. */
export const PUBLIC_DOMAIN = 'Public Domain';

/**
 * Under which somebody who runs our packages may have their parts: they ask for a notice, and one of them (MPL-2.0) that
 * changes to its own files are shown.
 */
const ACCEPTED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MPL-2.0',
  PUBLIC_DOMAIN,
];

/** What package.json of an old package says in another form than SPDX's, read in that package. */
const READ: Readonly<Record<string, string>> = {
  // Public domain or MIT, as its LICENSE.txt says.
  'tv4@1.3.0': 'MIT',
};

/** @returns an SPDX expression @throws Error where it is none that we ship with */
export function licenceOf({ name, version, license }: Pick<PlacedPackage, 'name' | 'version' | 'license'>): string {
  const named = `${name}@${version}`;
  const licence = READ[named] ?? license;
  if (typeof licence !== 'string') {
    throw new Error(
      `${named} has no licence that SPDX knows, got ${JSON.stringify(license)}; read its own, or leave it out`,
    );
  }
  // One of several to choose from will do; of several that hold all are needed.
  const isAccepted = licence
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((each) => ACCEPTED.includes(each)));
  if (!isAccepted) {
    throw new Error(`${named} is under ${licence}, which is not accepted here; leave it out, or read what it asks for`);
  }
  return licence;
}
