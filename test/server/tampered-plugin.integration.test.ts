import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { ProductionNodes } from '../../rehearsal/server/production-nodes';
import { runScript } from '../fixtures/programs/script';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';
import { WebexEngine } from '../../rehearsal/webex-engine';

describe('a plugin with one byte changed', () => {
  let pluginDirectory: string;
  let plugin: string;

  beforeAll(async () => {
    pluginDirectory = temporaryFolder();
    const original = await findOauthappPlugin();
    plugin = join(pluginDirectory, basename(original));
    await copyFile(original, plugin);
    await chmod(plugin, 0o755);
  });

  it('the server refuses a changed plugin, the command explains it, and the grant survives', async () => {
    await using engine = await WebexEngine.start();
    await using server = await ProductionNodes.start({ pluginDirectory });
    const { rootToken } = await server.initialize();
    const vault = server.node.client(rootToken);
    await engine.setUp(vault);
    await engine.authorize(vault, 'testauth');
    await server.node.stop();

    await changeOneByte(plugin);
    await server.node.start();
    await server.node.untilActive();

    const env = { VAULT_ADDR: server.node.address, VAULT_CACERT: server.caFile, VAULT_TOKEN: rootToken };
    const { exitCode, stdout, stderr } = await runScript('webex-token', ['testauth'], env);
    expect(stderr).toMatch(
      /^error: the engine at oauthapp\/ is mounted, but its plugin does not run\. .* does not have the registered sha256; .*\n$/,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(server.node.log).toContain('checksums did not match');
    // The server refuses the plugin under another name, too.
    await vault.write('sys/plugins/catalog/secret/again', await engine.registration()).catch(() => undefined);
    await expect(vault.write('sys/mounts/again', { type: 'again' })).rejects.toThrow(/checksums did not match/);

    await changeOneByte(plugin);
    await server.node.stop();
    await server.node.start();
    await server.node.untilActive();
    expect(await engine.isAccepted(await engine.read(vault, 'testauth'))).toBe(true);
  });
});

/** The second call undoes the first. */
async function changeOneByte(file: string): Promise<void> {
  const bytes = await readFile(file);
  const place = bytes.length - 1000;
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  await writeFile(file, bytes);
}
