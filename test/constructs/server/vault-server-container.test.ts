import type { z } from 'zod';
import { VaultServerContainer } from '../../../constructs/server/vault-server-container';
import { devServerDeclaration } from '../../../lib/declaration/schema/server/server-declaration';
import { declare, resources } from '../../fixtures/declarations/declaration';
import { difference } from '../../fixtures/results/difference';

function declareServer(changes: Partial<z.input<typeof devServerDeclaration>> = {}) {
  const server = devServerDeclaration.parse({ mode: 'dev', ...changes });
  return declare((stack) => new VaultServerContainer(stack, 'server', { ...server, pluginFolder: '/srv/plugins' }));
}

function containerOf(changes: Parameters<typeof declareServer>[0] = {}): Record<string, unknown> {
  return resources(declareServer(changes), 'docker_container')[0] ?? {};
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
  const declaration = declareServer({ image: 'registry.example/bao:1' });
  expect(resources(declaration, 'docker_image')).toEqual([{ name: 'registry.example/bao:1', keep_locally: true }]);
});
