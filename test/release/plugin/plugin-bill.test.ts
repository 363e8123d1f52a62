import { imageBill } from '../../../release/images/image-bill';
import { pluginBill } from '../../../release/plugin/plugin-bill';

const modules = [
  { path: 'The Go standard library', version: 'go1.26.8', folder: '/go' },
  { path: 'example.com/module', version: 'v1.2.3', folder: '/module' },
];
const bill = pluginBill('plugin', '1.0.0', 'ab12', modules);

it('the bill of a plugin has the hash of the binary and each Go module', () => {
  expect(bill.metadata.component).toMatchObject({ name: 'plugin', hashes: [{ alg: 'SHA-256', content: 'ab12' }] });
  expect(bill.components.map(({ purl }) => purl)).toEqual([
    'pkg:golang/std@1.26.8',
    'pkg:golang/example.com/module@v1.2.3',
  ]);
});

it('the bill of an image has its base and everything that it adds', () => {
  const { components } = imageBill('image', '1.0.0', 'busybox:1', [bill.metadata.component, ...bill.components]);
  expect(components).toEqual([
    { type: 'container', 'bom-ref': 'busybox:1', name: 'busybox:1' },
    bill.metadata.component,
    ...bill.components,
  ]);
});
