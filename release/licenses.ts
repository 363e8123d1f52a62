import type { PlacedPackage } from './package-lock';

/** SPDX has no identifier for it. */
export const PUBLIC_DOMAIN = 'Public Domain';

/** Licenses that require a notice. MPL-2.0 also requires that changes to its own files are published. */
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

/** Licenses of packages whose package.json has no SPDX expression, by their own license file. */
const READ: Readonly<Record<string, string>> = { 'tv4@1.3.0': 'MIT' };

/** @returns an SPDX expression. @throws Error for a license that is not accepted */
export function licenseOf({ name, version, license }: Pick<PlacedPackage, 'name' | 'version' | 'license'>): string {
  const named = `${name}@${version}`;
  const expression = READ[named] ?? license;
  if (typeof expression !== 'string') {
    throw new Error(
      `${named} has no SPDX license, got ${JSON.stringify(license)}; read its license file, or remove the package`,
    );
  }
  // One accepted alternative (OR) is enough; all parts of a conjunction (AND) must be accepted.
  const isAccepted = expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((each) => ACCEPTED.includes(each)));
  if (!isAccepted) {
    throw new Error(
      `${named} has license ${expression}, which is not accepted; remove the package, or check the license`,
    );
  }
  return expression;
}
