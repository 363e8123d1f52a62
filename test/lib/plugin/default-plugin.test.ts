import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandLine } from '#core';
import type { DeploymentInput } from '../../../lib/declaration/define-deployment';
import { declaredPlugin, pluginPlatform } from '../../../lib/declaration/files/declared-plugin';
import { inspectPlugin } from '../../../lib/declaration/files/plugin-binary';
import { pluginPlace } from '../../../lib/declaration/files/plugin-place';
import type { Platform } from '../../../lib/declaration/schema/platform';
import { PACKAGED_PLUGIN, type PluginPlaces } from '../../../lib/plugin/default-plugin';
import { buildName, pinsFolder, PLUGIN_NAME } from '../../../lib/plugin/plugin-recipe';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';
import { elf } from '../../fixtures/programs/elf-program';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const HERE = `linux/${process.arch}` as Platform;
const OTHER = process.arch === 'x64' ? 'linux/arm64' : 'linux/x64';
const PLUGIN = elf(process.arch);
const SHA256 = createHash('sha256').update(PLUGIN).digest('hex');
const RELEASED_NAME = `${PLUGIN_NAME}-${SHA256.slice(0, 12)}`;

const published = (name: string) => ({
  name: `@webex-token-vault/${name}`,
  version: '1.0.0',
  integrity: 'sha512-AAAA',
});
const publishedPlugin = (platform: string) => ({
  ...published(`plugin-${platform.replace('/', '-')}`),
  sha256: SHA256,
});

let folder: string;
let places: PluginPlaces;
let cached: string;

beforeEach(() => {
  folder = temporaryFolder();
  const plugins = { [HERE]: publishedPlugin(HERE), [OTHER]: publishedPlugin(OTHER) };
  places = {
    env: { WEBEX_TOKEN_VAULT_CACHE: join(folder, 'cache') },
    release: { rehearsal: published('rehearsal'), plugins },
    from: join(folder, 'program.js'),
  };
  cached = join(folder, 'cache/plugins', HERE.replace('/', '-'), RELEASED_NAME);
});

/** Installs the package of a platform, as npm does. @returns path of the binary */
function install(): string {
  const packaged = join(folder, 'node_modules', publishedPlugin(HERE).name);
  const file = join(packaged, PACKAGED_PLUGIN);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(join(packaged, 'package.json'), '{}');
  writeFileSync(file, PLUGIN, { mode: 0o755 });
  return file;
}

const SERVERS = {
  container: { server: { mode: 'dev' } },
  cluster: { server: { mode: 'kubernetes', pluginImage: 'registry.example/oauthapp:1' } },
  existing: { address: 'https://vault.example' },
} as const;

function declare(vault: DeploymentInput['vault'], plugin: NonNullable<DeploymentInput['engine']>['plugin'] = {}) {
  return exampleDeployment({ vault, engine: { plugin } });
}

function binaryOf(...declared: Parameters<typeof declare>) {
  const { path, sha256, command } = declaredPlugin(declare(...declared), places);
  return { path, sha256, command };
}

function problem(...declared: Parameters<typeof declare>): string {
  try {
    return String(binaryOf(...declared).path);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('the plugin of a release', () => {
  test('an existing Vault and a cluster get the sha256 of the release, without a file on this machine', () => {
    expect(binaryOf(SERVERS.existing)).toEqual({ sha256: SHA256, command: RELEASED_NAME });
    expect(binaryOf(SERVERS.cluster)).toEqual({ sha256: SHA256, command: RELEASED_NAME });
  });

  test('a container runs the plugin of the installed package, from a copy that no update of the package replaces', () => {
    install();
    expect(binaryOf(SERVERS.container)).toEqual({ path: cached, sha256: SHA256, command: RELEASED_NAME });
    expect(readFileSync(cached)).toEqual(PLUGIN);
    expect(statSync(cached).mode & 0o777).toBe(0o755);
    expect(statSync(dirname(cached)).mode & 0o005).toBe(0o005);
  });

  test('a plugin of another platform has to be fetched first', () => {
    install();
    expect(problem(SERVERS.container, { platform: OTHER })).toBe(
      `the plugin for ${OTHER} is not on this machine; run "${commandLine('plugin fetch', '--platform', OTHER)}", or set OAUTHAPP_PLUGIN to the binary`,
    );
  });

  test('a tampered package is refused before it is copied', () => {
    const file = install();
    appendFileSync(file, 'x');
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    expect(problem(SERVERS.container)).toBe(
      `the plugin binary ${file} must have sha256 ${SHA256}, got ${sha256}: it was changed after the release; install ${publishedPlugin(HERE).name}@1.0.0 again`,
    );
    expect(existsSync(cached)).toBe(false);
  });

  test('a tampered plugin in the cache is refused', () => {
    install();
    binaryOf(SERVERS.container);
    appendFileSync(cached, 'x');
    const sha256 = createHash('sha256').update(readFileSync(cached)).digest('hex');
    expect(problem(SERVERS.container)).toBe(
      `the plugin binary ${cached} must have sha256 ${SHA256}, got ${sha256}: it was changed after the release; remove it, and run "${commandLine('plugin fetch', '--platform', HERE)}"`,
    );
  });

  test('a cache folder that cannot be written is named', () => {
    install();
    writeFileSync(join(folder, 'cache'), '');
    expect(problem(SERVERS.container)).toMatch(/cannot be copied to \S+ \(E\w+\); set WEBEX_TOKEN_VAULT_CACHE/);
  });
});

test('a clone takes the plugin that Go built for the platform', () => {
  places = { ...places, release: { rehearsal: published('rehearsal'), plugins: {} } };
  const advice = `run "${commandLine('plugin fetch', '--platform', 'linux/x64')}"`;
  expect(problem(SERVERS.existing)).toContain(`the plugin for linux/x64 is not on this machine; ${advice}`);
  const built = join(folder, 'cache', buildName('linux/x64', pinsFolder()), PLUGIN_NAME);
  mkdirSync(dirname(built), { recursive: true });
  writeFileSync(built, PLUGIN, { mode: 0o755 });
  expect(binaryOf(SERVERS.existing)).toEqual({ path: built, command: PLUGIN_NAME });
  expect(inspectPlugin(declaredPlugin(declare(SERVERS.existing), places), folder).sha256).toBe(SHA256);
});

test('OAUTHAPP_PLUGIN is the default of the path, if the declaration has no sha256', () => {
  const mine = join(folder, 'mine');
  copyFileSync(install(), mine);
  places = { ...places, env: { ...places.env, OAUTHAPP_PLUGIN: mine } };
  expect(binaryOf(SERVERS.container)).toEqual({ path: mine });
  expect(binaryOf(SERVERS.existing, { path: 'declared' })).toEqual({ path: 'declared' });
  expect(binaryOf(SERVERS.existing, { sha256: SHA256 })).toEqual({ sha256: SHA256 });
});

test('a catalog entry that others write has no default', () => {
  expect(binaryOf(SERVERS.existing, { manage: false })).toEqual({});
});

test('the platform of a container is the processor of this machine, and the one of other servers is x64', () => {
  const platforms = Object.values(SERVERS).map((vault) => pluginPlatform(declare(vault)));
  expect(platforms).toEqual([HERE, 'linux/x64', 'linux/x64']);
  expect(pluginPlatform(declare(SERVERS.existing, { platform: 'linux/arm64' }))).toBe('linux/arm64');
});

test('an unknown platform is refused with the meant one', () => {
  expect(() => declare(SERVERS.existing, { platform: 'linux/amd64' as Platform })).toThrow(
    'engine.plugin.platform must be a platform such as "linux/x64", got "linux/amd64"; did you mean "linux/x64"?',
  );
});

test('the place of a plugin on an existing Vault names the file, its mode and its sha256', () => {
  expect(pluginPlace(declare(SERVERS.existing, { sha256: SHA256, command: 'mine' }), folder)).toBe(
    `plugin "mine" must be in the plugin_directory of each node, with mode 0755 and sha256 ${SHA256}; it must be built for the node's GOOS and GOARCH; each node's configuration needs plugin_directory and api_addr`,
  );
  expect(pluginPlace(declare(SERVERS.cluster), folder)).toBeUndefined();
});
