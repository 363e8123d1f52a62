import { readFile } from 'node:fs/promises';
import { ExplainedError } from '#core';
import { integrityOf } from '../../lib/release/package-tarball';
import type { PackedPackage } from '../packages/packed-package';
import type { PackageRegistry } from './package-registry';

/** A publication needs no list of the files. */
export type PublishablePackage = Omit<PackedPackage, 'files'>;

/**
 * Publishes packages in their order. A version that is published already stays, so an interrupted release can be run
 * again. Nothing is published if one of the packages cannot be.
 *
 * @param report gets a line for each package
 * @throws ExplainedError if a tarball was changed, or if the registry has another package of that name and version
 */
export async function publishPackages(
  packages: readonly PublishablePackage[],
  registry: PackageRegistry,
  report: (line: string) => void,
): Promise<void> {
  const published = new Set<PublishablePackage>();
  for (const packed of packages) {
    await requireIntact(packed);
    if (await isPublished(packed, registry)) {
      published.add(packed);
    }
  }
  for (const packed of packages) {
    const title = `${packed.name}@${packed.version}`;
    if (published.has(packed)) {
      report(`${title} is published already, with the same hash`);
      continue;
    }
    await registry.publish(packed.tarball, distributionTag(packed.version));
    report(`${title} is published`);
  }
}

/** Users who name no version get a `latest` one, so that is no pre-release. */
export function distributionTag(version: string): string {
  return version.includes('-') ? 'next' : 'latest';
}

/** @returns whether the registry has exactly this package */
async function isPublished(
  { name, version, integrity }: PublishablePackage,
  registry: PackageRegistry,
): Promise<boolean> {
  const published = await registry.integrity({ name, version });
  if (published !== undefined && published !== integrity) {
    throw new ExplainedError(
      `${name}@${version} is published with another hash (${published}) than the packed one (${integrity}), and a version cannot change; write a new version into CHANGELOG.md`,
    );
  }
  return published !== undefined;
}

async function requireIntact({ name, tarball, integrity }: PublishablePackage): Promise<void> {
  const actual = integrityOf(await readFile(tarball));
  if (actual !== integrity) {
    throw new ExplainedError(
      `the tarball of ${name} must have hash ${integrity}, got ${actual} of ${tarball}; somebody changed it after packing, so pack again`,
    );
  }
}
