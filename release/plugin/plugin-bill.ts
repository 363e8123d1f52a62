import type { LinkedModule } from './linked-modules';

/**
 * Bill of materials of a plugin's binary, as CycloneDX JSON. Like the bills of the packages, it has no time and no serial
 * number.
 *
 * @param sha256 hash of the binary
 * @param modules Go modules in the binary
 */
export function pluginBill(name: string, version: string, sha256: string, modules: readonly LinkedModule[]) {
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': name,
        name,
        version,
        hashes: [{ alg: 'SHA-256', content: sha256 }],
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components: modules.map((each) => {
      const purl = `pkg:golang/${each.path === STANDARD_LIBRARY ? 'std' : each.path}@${each.version.replace(/^go/, '')}`;
      return { type: 'library', 'bom-ref': purl, name: each.path, version: each.version, purl };
    }),
  };
}

/** Name by which the list of modules has it. */
const STANDARD_LIBRARY = 'The Go standard library';
