import {
  VaultServerContainer,
  type VaultServerContainerProps,
} from '../../../constructs/server/vault-server-container';
import { declare, resources } from '../../fixtures/declarations/declaration';
import { difference } from '../../fixtures/results/difference';

function containerOf(props: Partial<VaultServerContainerProps> = {}): Record<string, unknown> {
  const declaration = declare(
    (stack) => new VaultServerContainer(stack, 'server', { pluginFolder: '/srv/plugins', ...props }),
  );
  return resources(declaration, 'docker_container')[0] ?? {};
}

it('differs by this where it runs Vault', () => {
  expect(difference(containerOf({ product: 'vault' }), containerOf())).toMatchSnapshot();
});

it('is reached from this machine only', () => {
  expect(containerOf({ port: 18200 })).toMatchObject({ ports: [{ external: 18200, internal: 8200, ip: '127.0.0.1' }] });
});

it('cannot change the plugin', () => {
  expect(containerOf()).toMatchObject({ mounts: [{ source: '/srv/plugins', read_only: true }] });
});

it('is given no root token', () => {
  expect(JSON.stringify(containerOf())).not.toMatch(/root/i);
});

it('gets a capability only if it is asked for', () => {
  expect(containerOf({ product: 'vault' })).not.toHaveProperty('capabilities');
  expect(containerOf({ product: 'vault', ipcLock: true })).toMatchObject({ capabilities: { add: ['CAP_IPC_LOCK'] } });
});

it('runs the image that is asked for', () => {
  const declaration = declare(
    (stack) => new VaultServerContainer(stack, 'server', { pluginFolder: '/srv', image: 'registry.example/bao:1' }),
  );
  expect(resources(declaration, 'docker_image')).toEqual([{ name: 'registry.example/bao:1', keep_locally: true }]);
});
