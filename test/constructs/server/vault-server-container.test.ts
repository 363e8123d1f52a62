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

it('the Vault container in dev mode differs from the OpenBao container as in the snapshot', () => {
  expect(difference(containerOf({ product: 'vault' }), containerOf())).toMatchSnapshot();
});

it('the container in dev mode is reached only from this machine', () => {
  expect(containerOf({ port: 18200 })).toMatchObject({ ports: [{ external: 18200, internal: 8200, ip: '127.0.0.1' }] });
});

it('the container in dev mode mounts the plugin read-only', () => {
  expect(containerOf()).toMatchObject({ mounts: [{ source: '/srv/plugins', read_only: true }] });
});

it('the container in dev mode gets no root token', () => {
  expect(JSON.stringify(containerOf())).not.toMatch(/root/i);
});

it('the container in dev mode gets a capability only on request', () => {
  expect(containerOf({ product: 'vault' })).not.toHaveProperty('capabilities');
  expect(containerOf({ product: 'vault', ipcLock: true })).toMatchObject({ capabilities: { add: ['CAP_IPC_LOCK'] } });
});

it('the container in dev mode runs the declared image', () => {
  const declaration = declareServer({ image: 'registry.example/bao:1' });
  expect(resources(declaration, 'docker_image')).toEqual([{ name: 'registry.example/bao:1', keep_locally: true }]);
});
