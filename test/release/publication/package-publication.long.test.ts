import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../lib/processes/child-process';
import { publishPackages, type PublishablePackage } from '../../../release/publication/package-publication';
import { PackageRegistry } from '../../../release/publication/package-registry';
import { requireOurNames } from '../../../release/publication/refusals';
import { PLACEHOLDERS } from '../../../release/project';
import { NpmRegistry } from '../../../release/registry/npm-registry';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* Publication to the real registry program, with packages of a few bytes. */

let server: NpmRegistry;
let registry: PackageRegistry;

beforeAll(async () => {
  server = await NpmRegistry.start();
  registry = new PackageRegistry(server.url, server.environment());
});

afterAll(() => server[Symbol.asyncDispose]());

async function packed(name: string, version: string, text = ''): Promise<PublishablePackage> {
  const folder = join(temporaryFolder(), 'package');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, repository: PLACEHOLDERS.repository }));
  writeFileSync(join(folder, 'index.js'), text);
  const { stdout } = await run('npm', ['pack', '--json'], { cwd: folder });
  const [{ filename, integrity }] = Object.values(JSON.parse(stdout) as object) as [
    { filename: string; integrity: string },
  ];
  return { name, version, integrity, tarball: join(folder, filename) };
}

async function published(...packages: PublishablePackage[]): Promise<string[]> {
  const lines: string[] = [];
  await publishPackages(packages, registry, (line) => lines.push(line));
  return lines;
}

it('an interrupted release goes on where it was', async () => {
  const [client, vault] = [await packed('webex-token-client', '1.0.0'), await packed('webex-token-vault', '1.0.0')];
  await expect(published(client)).resolves.toEqual(['webex-token-client@1.0.0 is published']);
  await expect(published(client, vault)).resolves.toEqual([
    'webex-token-client@1.0.0 is published already, with the same hash',
    'webex-token-vault@1.0.0 is published',
  ]);
  await expect(registry.integrity(vault)).resolves.toBe(vault.integrity);
});

it('another package of a published version is refused, and nothing is published', async () => {
  await published(await packed('create-webex-token-vault', '1.0.0'));
  const [other, next] = [
    await packed('create-webex-token-vault', '1.0.0', 'other'),
    await packed('webex-token', '1.0.0'),
  ];
  await expect(published(next, other)).rejects.toThrow(
    /^create-webex-token-vault@1.0.0 is published with another hash \(sha512-.*\) than the packed one \(sha512-/,
  );
  await expect(registry.integrity(next)).resolves.toBeUndefined();
});

it('a tarball that somebody changed is refused, and nothing is published', async () => {
  const [tampered, next] = [await packed('webex-token', '2.0.0'), await packed('webex-token-client', '2.0.0')];
  appendFileSync(tampered.tarball, '\n');
  await expect(published(next, tampered)).rejects.toThrow(
    /^the tarball of webex-token must have hash sha512-.*; somebody changed it after packing, so pack again$/,
  );
  await expect(registry.integrity(next)).resolves.toBeUndefined();
});

it('a pre-release is not the latest version', async () => {
  const [stable, next] = [
    await packed('@webex-token-vault/rehearsal', '1.0.0'),
    await packed('@webex-token-vault/rehearsal', '1.1.0-rc.1'),
  ];
  await published(stable, next);
  const { stdout } = await run('npm', ['view', stable.name, 'dist-tags', '--json'], { env: server.environment() });
  expect(JSON.parse(stdout)).toEqual({ latest: '1.0.0', next: '1.1.0-rc.1' });
});

it('a name is ours if the registry names its user, and another user is refused', async () => {
  await published(await packed('@webex-token-vault/plugin-linux-x64', '1.0.0'));
  const names = ['@webex-token-vault/plugin-linux-x64'];
  const stranger = new PackageRegistry(server.url, { ...process.env, npm_config_userconfig: '/dev/null' });
  await expect(stranger.user()).resolves.toBeUndefined();
  await expect(requireOurNames(names, stranger, PLACEHOLDERS)).resolves.toBeUndefined();
  await expect(requireOurNames(names, stranger, { repository: 'https://example.com/other' })).rejects.toThrow(
    /belongs to the repository .*example.com\/webex-token-vault.*, not to https:\/\/example.com\/other;/,
  );
});

it('a registry that is down is told in one line', async () => {
  const down = new PackageRegistry('http://127.0.0.1:1/', { ...process.env, npm_config_fetch_retries: '0' });
  await expect(down.integrity({ name: 'webex-token-client', version: '1.0.0' })).rejects.toThrow(
    /^the registry http:\/\/127\.0\.0\.1:1\/ did not answer about webex-token-client@1\.0\.0: npm said "[^\n]*"; check the address, and run the same command again$/,
  );
});

it('a publisher without a login is told in one line', async () => {
  const packages = [await packed('webex-token-vault', '3.0.0')];
  const stranger = new PackageRegistry(server.url, { ...process.env, npm_config_userconfig: '/dev/null' });
  await expect(publishPackages(packages, stranger, () => undefined)).rejects.toThrow(
    /could not be published: npm said "[^\n]+"; correct that, and run the same command again$/,
  );
});
