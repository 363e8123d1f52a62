import type { PlacedPackage } from './package-lock';

/** SPDX has no identifier for it. */
export const PUBLIC_DOMAIN = 'Public Domain';

/** Licences that require a notice. MPL-2.0 also requires that changes to its own files are published. */
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

/** Licences of packages whose package.json has no SPDX expression, by their own licence file. */
const READ: Readonly<Record<string, string>> = { 'tv4@1.3.0': 'MIT' };

/** @returns an SPDX expression. @throws Error for a licence that is not accepted */
export function licenceOf({ name, version, license }: Pick<PlacedPackage, 'name' | 'version' | 'license'>): string {
  const named = `${name}@${version}`;
  const licence = READ[named] ?? license;
  if (typeof licence !== 'string') {
    throw new Error(
      `${named} has no SPDX licence, got ${JSON.stringify(license)}; read its licence file, or remove the package`,
    );
  }
  // One accepted alternative (OR) is enough; all parts of a conjunction (AND) must be accepted.
  const isAccepted = licence
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((each) => ACCEPTED.includes(each)));
  if (!isAccepted) {
    throw new Error(`${named} has licence ${licence}, which is not accepted; remove the package, or check the licence`);
  }
  return licence;
}
