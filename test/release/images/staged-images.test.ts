import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../../../lib/processes/child-process';
import { dockerBuild } from '../../../release/images/image-context';
import { stageImages } from '../../../release/images/staged-images';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/** A tarball as npm packs it, with one file. */
async function packed(folder: string, name: string, file: string) {
  const path = join(folder, name, 'package', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '#!/usr/bin/env node\n');
  const tarball = join(folder, `${name}.tgz`);
  const { stderr } = await run('tar', ['-czf', tarball, '-C', join(folder, name), 'package']);
  expect(stderr).toBe('');
  return { name, tarball };
}

describe('the staged images', () => {
  it('the program has one context, and the plugin one for each platform of Linux', async () => {
    const folder = temporaryFolder();
    const plugin = join(folder, 'oauthapp');
    writeFileSync(plugin, 'binary');
    const packages = [
      await packed(folder, 'webex-token-vault', 'scripts/webex-token-vault.js'),
      await packed(folder, 'webex-token-client', 'bin/webex-token.js'),
    ];
    const plugins = { 'darwin/arm64': plugin, 'linux/arm64': plugin, 'linux/x64': plugin };
    const contexts = await stageImages({ folder: join(folder, 'images'), packages, plugins });

    expect(contexts.map(({ name, platform }) => [name, platform])).toEqual([
      ['webex-token-vault', undefined],
      ['webex-token-vault-plugin', 'linux/amd64'],
      ['webex-token-vault-plugin', 'linux/arm64'],
    ]);
    const builds = contexts.map((context) => dockerBuild(context, { tag: 'image:1', version: '1.0.0' }));
    expect(builds.map((args) => args.includes('--platform'))).toEqual([false, true, true]);

    const modules = join(contexts[0]?.folder ?? '', 'node_modules');
    const names = readdirSync(modules);
    expect(names).toEqual(expect.arrayContaining(['webex-token-vault', 'webex-token-client', 'commander', 'zod']));
    expect(names.filter((name) => /cdktf|^constructs$|esbuild|tsx|jest/.test(name))).toEqual([]);
    for (const program of ['webex-token-vault', 'webex-token']) {
      const link = readlinkSync(join(modules, '.bin', program));
      expect(existsSync(join(modules, '.bin', link))).toBe(true);
    }
  });

  it('a package that was not packed is named', async () => {
    const staging = stageImages({ folder: temporaryFolder(), packages: [], plugins: {} });
    await expect(staging).rejects.toThrow('webex-token-vault is not among the packed packages');
  });
});
