/**
 * Bill of materials of an image, as CycloneDX JSON.
 *
 * @param base image that it starts from; its own bill is its author's
 * @param components everything that the image adds
 */
export function imageBill(name: string, version: string, base: string, components: readonly object[]) {
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { type: 'container', 'bom-ref': name, name, version } },
    components: [{ type: 'container', 'bom-ref': base, name: base }, ...components],
  };
}
