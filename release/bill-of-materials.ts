import { licenceOf, PUBLIC_DOMAIN } from './licences';
import type { PackageLock, PlacedPackage } from './package-lock';

/*
 * What a package of ours runs with, in CycloneDX's JSON. npm has a command for that ("npm sbom"), which takes workspaces
 * that are not published along, calls packages by their folders, and leaves out what another workspace has for its
 * development. This has neither a time nor a number of its own, so the same package-lock.json gives the same bytes.
 */

interface Component {
  readonly type: 'library';
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses: readonly Licence[];
}

type Licence =
  { readonly license: { readonly id: string } | { readonly name: string } } | { readonly expression: string };

export interface BillOfMaterials {
  readonly $schema: string;
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.5';
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * @param path folder of the package, from the project's; the project itself: an empty text
 * @throws Error where a licence is none that we ship with
 */
export function billOfMaterials(lock: PackageLock, path: string): BillOfMaterials {
  const root = lock.package(path);
  if (root === undefined) {
    throw new Error(`package-lock.json has no package at "${path}"; run npm install`);
  }
  const components = new Map<string, Component>();
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
    // One version may lie in several folders, with other packages beside it in each.
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

function componentOf(placed: PlacedPackage): Component {
  const [, group, name = placed.name] = /^(@[^/]+)\/(.+)$/.exec(placed.name) ?? [];
  const licence = licenceOf(placed);
  const purl = packageUrl(placed);
  return {
    type: 'library',
    'bom-ref': purl,
    group,
    name,
    version: placed.version,
    purl,
    hashes: placed.integrity === undefined ? undefined : [hashOf(placed.integrity)],
    licenses: [cycloneDxLicence(licence)],
  };
}

function cycloneDxLicence(licence: string): Licence {
  if (/ (?:OR|AND|WITH) /.test(licence)) {
    return { expression: licence };
  }
  return { license: licence === PUBLIC_DOMAIN ? { name: licence } : { id: licence } };
}

function hashOf(integrity: string): { alg: string; content: string } {
  const [, bits = '', hash = ''] = /^sha(\d+)-(\S+)/.exec(integrity) ?? [];
  return { alg: `SHA-${bits}`, content: Buffer.from(hash, 'base64').toString('hex') };
}

/** As https://github.com/package-url has it for npm. */
function packageUrl({ name, version }: PlacedPackage): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** By code points, in any locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
