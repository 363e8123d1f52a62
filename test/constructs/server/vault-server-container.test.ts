import type { z } from 'zod';
import { VaultServerContainer } from '../../../constructs/server/vault-server-container';
import { devServerDeclaration } from '../../../lib/declaration/schema/server/server-declaration';
import { declare, resources } from '../../fixtures/declarations/declaration';

function declareServer(changes: Partial<z.input<typeof devServerDeclaration>> = {}) {
  const server = devServerDeclaration.parse({ mode: 'dev', ...changes });
  return declare((stack) => new VaultServerContainer(stack, 'server', { ...server, pluginFolder: '/srv/plugins' }));
}

function containerOf(changes: Parameters<typeof declareServer>[0] = {}): Record<string, unknown> {
  return resources(declareServer(changes), 'docker_container')[0] ?? {};
}

it.each([
  ['openbao', 'bao', 'BAO'],
  ['vault', 'vault', 'VAULT'],
] as const)(
  'the %s container in dev mode keeps everything in memory and gets no privileges',
  (product, cli, prefix) => {
    expect(containerOf({ product })).toEqual({
      name: 'webex-token-vault',
      image: '${docker_image.server_image_76305025.image_id}',
      command: ['server', '-dev', '-dev-no-store-token'],
      env: [`${prefix}_LOCAL_CONFIG={"plugin_directory":"/${product}/plugins"}`],
      mounts: [{ type: 'bind', source: '/srv/plugins', target: `/${product}/plugins`, read_only: true }],
      ports: [{ internal: 8200, external: 8200, ip: '127.0.0.1' }],
      security_opts: ['no-new-privileges'],
      healthcheck: {
        test: ['CMD', cli, 'status', '-address=http://127.0.0.1:8200'],
        interval: '2s',
        timeout: '5s',
        retries: 15,
      },
      wait: true,
      wait_timeout: 60,
      restart: 'unless-stopped',
    });
  },
);

it('the container in dev mode is reached only from this machine', () => {
  expect(containerOf({ port: 18200 })).toMatchObject({ ports: [{ external: 18200, internal: 8200, ip: '127.0.0.1' }] });
});

it('the container in dev mode gets a capability only on request', () => {
  expect(containerOf({ product: 'vault', ipcLock: true })).toMatchObject({ capabilities: { add: ['CAP_IPC_LOCK'] } });
});

it('the container in dev mode runs the declared image', () => {
  const declaration = declareServer({ image: 'registry.example/bao:1' });
  expect(resources(declaration, 'docker_image')).toEqual([{ name: 'registry.example/bao:1', keep_locally: true }]);
});
