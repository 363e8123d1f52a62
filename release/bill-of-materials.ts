import { licenseOf, PUBLIC_DOMAIN } from './licenses';
import type { PackageLock, PlacedPackage } from './package-lock';

/*
 * The runtime dependencies of a published package, as CycloneDX JSON. `npm sbom` includes unpublished workspaces, names
 * packages by their folders, and omits packages that another workspace needs for development. This bill has no time and no
 * serial number, so the same package-lock.json gives the same bytes.
 */

/**
 * @param path folder of the package in the project; empty for the project itself
 * @throws Error for a license that is not accepted
 */
export function billOfMaterials(lock: PackageLock, path: string) {
  const root = lock.package(path);
  if (root === undefined) {
    throw new Error(`package-lock.json has no package at "${path}"; run npm install`);
  }
  const components = new Map<string, ReturnType<typeof componentOf>>();
  const dependencies = new Map<string, Set<string>>();
  const visited = new Set<string>();
  const visit = (placed: PlacedPackage): void => {
    if (visited.has(placed.path)) {
      return;
    }
    visited.add(placed.path);
    const ref = packageUrl(placed);
    components.set(ref, componentOf(placed));
    const needed = lock.needs(placed);
    // One version can be in several folders, each with other packages beside it.
    dependencies.set(ref, new Set([...(dependencies.get(ref) ?? []), ...needed.map(packageUrl)]));
    needed.forEach(visit);
  };
  visit(root);
  components.delete(packageUrl(root));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: componentOf(root) },
    components: [...components.values()].sort((a, b) => compare(a.purl, b.purl)),
    dependencies: [...dependencies]
      .sort(([a], [b]) => compare(a, b))
      .map(([ref, needed]) => ({ ref, dependsOn: [...needed].sort(compare) })),
  };
}

/** A package as a component of a bill. */
export function componentOf(placed: PlacedPackage) {
  const [, group, name = placed.name] = /^(@[^/]+)\/(.+)$/.exec(placed.name) ?? [];
  const license = licenseOf(placed);
  const purl = packageUrl(placed);
  return {
    type: 'library',
    'bom-ref': purl,
    group,
    name,
    version: placed.version,
    purl,
    hashes: placed.integrity === undefined ? undefined : [hashOf(placed.integrity)],
    licenses: [cycloneDxLicense(license)],
  };
}

function cycloneDxLicense(license: string) {
  if (/ (?:OR|AND|WITH) /.test(license)) {
    return { expression: license };
  }
  return { license: license === PUBLIC_DOMAIN ? { name: license } : { id: license } };
}

function hashOf(integrity: string): { alg: string; content: string } {
  const [, bits = '', hash = ''] = /^sha(\d+)-(\S+)/.exec(integrity) ?? [];
  return { alg: `SHA-${bits}`, content: Buffer.from(hash, 'base64').toString('hex') };
}

/** @see https://github.com/package-url */
function packageUrl({ name, version }: PlacedPackage): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** Compares by code points, independent of the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
