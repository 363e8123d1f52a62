import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readCredential } from '#core';
import { pluginContainer } from '../../constructs/server/kubernetes/plugin-container';
import { run } from '../../lib/processes/child-process';
import { isOnVault } from '../../rehearsal/server/is-on-vault';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { dockerBuild } from '../../release/images/image-context';
import { nameOfBuild, PLUGIN_NAME } from '../../lib/plugin/plugin-recipe';
import { stagePlugin } from '../../release/images/plugin-context';
import { ImageRegistry } from '../../release/registry/image-registry';
import { describeUnless } from '../fixtures/runs/left-out';
import { succeeded } from '../fixtures/worlds/deployed-server';
import { docker, dockerUnavailable } from '../fixtures/worlds/docker-engine';
import { busyboxBase } from '../fixtures/worlds/image-bases';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { imageRegistryUnavailable, pushImage } from '../fixtures/worlds/pushed-image';

/* The image of the plugin: OpenBao takes it from a real registry by its digest, and the pods of a cluster copy from it. */

const VERSION = '0.1.0';
const REPOSITORY = 'webex-token-vault-plugin';
const IMAGE = `webex-token-vault-test/plugin:${process.pid}`;

const sha256Of = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

describeUnless(dockerUnavailable())('the image of the plugin', () => {
  let folder: string;
  let sha256: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plugin-image-'));
    const plugin = await findOauthappPlugin();
    sha256 = sha256Of(plugin);
    const context = await stagePlugin({ folder: join(folder, 'context'), plugin });
    const labels = { version: VERSION, source: 'https://example.com/source' };
    const [build = '', ...args] = dockerBuild(context, { tag: IMAGE, base: await busyboxBase(), ...labels });
    await docker(build, '--network', 'none', ...args);
  });
  afterAll(async () => {
    await docker('image', 'rm', '--force', IMAGE);
    rmSync(folder, { recursive: true, force: true });
  });

  // Vault takes no plugin from a registry, so it has nothing to test here.
  const describeOpenBao = isOnVault ? undefined : describeUnless(imageRegistryUnavailable());

  describeOpenBao?.('OpenBao with the image in its configuration', () => {
    let registry: ImageRegistry;
    let digest: string;
    let plugins: string;
    let vault: OperatedVault;

    beforeAll(async () => {
      registry = await ImageRegistry.start();
      digest = await pushImage(registry, IMAGE, `${REPOSITORY}:${VERSION}`);
      plugins = join(folder, 'plugins');
      mkdirSync(plugins);
      vault = await OperatedVault.start({
        pluginDirectory: plugins,
        foreign: {
          plugin_auto_download: true,
          plugin_auto_register: false,
          plugin: [
            {
              secret: {
                oauthapp: {
                  image: `${registry.host}/${REPOSITORY}@${digest}`,
                  version: `v${VERSION}`,
                  sha256sum: sha256,
                },
              },
            },
          ],
        },
      });
    });
    afterAll(async () => {
      await vault[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
    });

    const COMMAND = `secret-oauthapp-v${VERSION}`;
    const CATALOG = 'sys/plugins/catalog/secret/oauthapp';

    const entry = () =>
      vault.asRoot((root) => root.read(CATALOG, z.object({ data: z.looseObject({ command: z.string() }) })));

    /** Whether Webex accepts the token of the credential. */
    const works = async (): Promise<boolean> => {
      const { connection } = await vault.as('authorizer');
      return vault.engine.isAccepted((await readCredential(connection, 'oauthapp', 'testauth')).accessToken);
    };

    test('the server downloads the plugin, whose file is a link', async () => {
      succeeded(await vault.init());
      expect(lstatSync(join(plugins, COMMAND)).isSymbolicLink()).toBe(true);
      expect(sha256Of(join(plugins, COMMAND))).toBe(sha256);
    });

    test('a registration by the stack is refused, because its provider cannot mark the plugin as downloaded', async () => {
      vault.declare({ engine: { plugin: { sha256, command: COMMAND } } });
      await expect(vault.deploy()).rejects.toThrow('cannot execute files outside of configured plugin directory');
    });

    test('a deploy uses the plugin that an administrator registers', async () => {
      await vault.asRoot((root) => root.write(CATALOG, { sha256, command: COMMAND, oci: true }));
      vault.declare({ engine: { plugin: { manage: false, sha256 } } });
      await vault.deploy();
      await vault.authorize();
      expect(await works()).toBe(true);
    });

    test('the entry of the catalog survives a restart without the registry', async () => {
      const before = await entry();
      await registry[Symbol.asyncDispose]();
      const { node } = vault.server;
      await node.kill();
      await node.start();
      await node.untilActive();
      expect((await entry()).data).toEqual(before.data);
      expect(before.data).toMatchObject({ command: COMMAND, sha256, oci: true });
      expect(await works()).toBe(true);
    });

    test('a node without the plugin does not start without the registry', async () => {
      const { node } = vault.server;
      await node.kill();
      rmSync(join(plugins, COMMAND));
      await expect(node.start()).rejects.toThrow(/failed to download plugin|connection refused/);
    });
  });

  describe('a pod with the image', () => {
    /** Runs the init container of the pods. */
    const initContainer = (given: { readonly command?: string; readonly sha256?: string }) => {
      const to = mkdtempSync(join(folder, 'pod-'));
      const { command, env } = pluginContainer({
        image: IMAGE,
        folder: '/plugins',
        command: PLUGIN_NAME,
        sha256,
        ...given,
        securityContext: {},
        pluginDirectory: '/openbao/plugins',
      }) as { command: readonly [string, ...string[]]; env: readonly { name: string; value: string }[] };
      const [shell, ...args] = command;
      return {
        to,
        ended: docker(
          'run',
          '--rm',
          '--volume',
          `${to}:/given`,
          '--user',
          '0',
          '--entrypoint',
          'chown',
          IMAGE,
          '100:1000',
          '/given',
        ).then(() =>
          run('docker', [
            ...['run', '--rm', '--read-only', '--user', '100:1000', '--cap-drop', 'ALL', '--network', 'none'],
            ...['--security-opt', 'no-new-privileges', '--volume', `${to}:/openbao/plugins`, '--entrypoint', shell],
            ...env.flatMap(({ name, value }) => ['--env', `${name}=${value}`]),
            ...[IMAGE, ...args],
          ]),
        ),
      };
    };

    test('the init container copies the plugin, not the link to it', async () => {
      const { to, ended } = initContainer({});
      expect(await ended).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      expect(readdirSync(to).sort()).toEqual([PLUGIN_NAME, nameOfBuild(sha256)]);
      expect(
        createHash('sha256')
          .update(readFileSync(join(to, PLUGIN_NAME)))
          .digest('hex'),
      ).toBe(sha256);
    });

    test.each([
      ['another sha256', { sha256: 'a'.repeat(64) }, `must have sha256 ${'a'.repeat(64)}, got `],
      ['another name', { command: 'oauthapp' }, 'the image has no plugin at /plugins/oauthapp'],
    ])('the init container fails with %s, and copies nothing', async (_, given, said) => {
      const { to, ended } = initContainer(given);
      const { exitCode, stderr } = await ended;
      expect(exitCode).toBe(1);
      expect(stderr).toContain(said);
      expect(readdirSync(to)).toEqual([]);
    });
  });
});
