import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from '../../lib/processes/child-process';
import { packPackages } from '../../release/packages/pack-packages';
import { buildPackages, builtCopy, type Packages } from '../fixtures/packages/packages';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The tarballs, as they are published. */

const manifest = z.looseObject({ name: z.string(), version: z.string() });
const { version } = manifest.parse(JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')));

let packages: Packages;
beforeAll(async () => {
  packages = await buildPackages();
});

async function packedFile(tarball: string, path: string): Promise<string> {
  return (await run('tar', ['-xzOf', tarball, `package/${path}`])).stdout;
}

async function packedModes(tarball: string, path: string): Promise<string | undefined> {
  return (await run('tar', ['-tvzf', tarball, `package/${path}`])).stdout.split(' ')[0];
}

it('each package has the version of the project, and the hash of its tarball', () => {
  for (const packed of packages.all) {
    const hash = createHash('sha512').update(readFileSync(packed.tarball)).digest('base64');
    expect(packed).toMatchObject({ version, integrity: `sha512-${hash}` });
  }
});

it('a published manifest has nothing that only a clone needs', async () => {
  for (const { tarball } of packages.all) {
    const published = manifest.parse(JSON.parse(await packedFile(tarball, 'package.json')));
    expect(Object.keys(published)).toEqual(
      expect.not.arrayContaining(['private', 'workspaces', 'scripts', 'devDependencies']),
    );
  }
});

it('the root package names the rehearsal by version and hash, and does not depend on it', async () => {
  const { name, integrity } = packages.rehearsal;
  expect(JSON.parse(await packedFile(packages.vault.tarball, 'dist/release.json'))).toEqual({
    rehearsal: { name: '@webex-token-vault/rehearsal', version, integrity },
    plugins: {},
  });
  expect(await packedFile(packages.vault.tarball, 'package.json')).not.toContain(name);
});

it('the rehearsal is one program without dependencies, and the files that it reads', async () => {
  expect(packages.rehearsal.files).toEqual([
    'LICENSE',
    'LICENSES-OF-PACKAGES',
    'README.md',
    'package.json',
    'plugin/go.mod',
    'plugin/go.sum',
    'rehearsal.js',
    'rehearsal/server/openbao-requirements.txt',
    'webex-token.js',
  ]);
  const published: unknown = JSON.parse(await packedFile(packages.rehearsal.tarball, 'package.json'));
  expect(published).not.toHaveProperty('dependencies');
  const licenses = await packedFile(packages.rehearsal.tarball, 'LICENSES-OF-PACKAGES');
  expect(licenses.match(/^\S+@\S+ \(.+\)$/gm)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^cdktf@/), expect.stringMatching(/^hono@\S+ \(MIT\)$/)]),
  );
});

it('a plugin is a package for its platform, which the root package installs if possible and knows by its hash', async () => {
  const folder = temporaryFolder();
  const binary = process.execPath;
  const packed = await packPackages({ project: await builtCopy(), folder, plugins: { 'darwin/arm64': binary } });
  const [plugin] = packed;
  const root = packed.find(({ name }) => name === 'webex-token-vault');
  expect(packed.map(({ name }) => name)).toEqual([
    '@webex-token-vault/plugin-darwin-arm64',
    '@webex-token-vault/rehearsal',
    'webex-token-client',
    'webex-token-vault',
    'create-webex-token-vault',
  ]);
  expect(plugin?.files).toEqual([
    'LICENSE',
    'LICENSES-OF-MODULES',
    'README.md',
    'bin/vault-plugin-secrets-oauthapp',
    'package.json',
  ]);
  expect(await packedModes(plugin?.tarball ?? '', 'bin/vault-plugin-secrets-oauthapp')).toBe('-rwxr-xr-x');
  expect(await packedFile(plugin?.tarball ?? '', 'LICENSES-OF-MODULES')).toContain(
    'Mozilla Public License Version 2.0',
  );
  expect(JSON.parse(await packedFile(plugin?.tarball ?? '', 'package.json'))).toMatchObject({
    os: ['darwin'],
    cpu: ['arm64'],
    version,
  });
  expect(JSON.parse(await packedFile(root?.tarball ?? '', 'package.json'))).toMatchObject({
    optionalDependencies: { '@webex-token-vault/plugin-darwin-arm64': version },
  });
  expect(JSON.parse(await packedFile(root?.tarball ?? '', 'dist/release.json'))).toMatchObject({
    plugins: {
      'darwin/arm64': {
        name: '@webex-token-vault/plugin-darwin-arm64',
        integrity: plugin?.integrity,
        sha256: createHash('sha256').update(readFileSync(binary)).digest('hex'),
      },
    },
  });
});
