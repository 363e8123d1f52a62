import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { commandLine, errorCode, ExplainedError } from '#core';
import { cacheRoot } from '../files/cache-folder';
import { ownRelease, type PublishedPlugin, type Release } from '../release/own-release';
import { buildName, nameOfBuild, pinsFolder, PLUGIN_NAME } from './plugin-recipe';

/*
 * The plugin of a deployment that names none. A published program knows the sha256 of each prebuilt plugin, and takes no other
 * bytes. A clone takes the plugin that Go built. Nothing is fetched here.
 */

/** Path of the binary in the package of a platform. */
export const PACKAGED_PLUGIN = `bin/${PLUGIN_NAME}`;

/** Places of a plugin. Tests change them. */
export interface PluginPlaces {
  /** `OAUTHAPP_PLUGIN` and the cache folder's variables. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** @default - the release of this program, which a clone does not have */
  readonly release?: Release;
  /** Start of the search for an installed package. @default - this file */
  readonly from?: string;
}

/** A plugin on this machine, or the sha256 of one on a server. */
export interface DefaultPlugin {
  /** Absolute path of the binary. @default - it is not on this machine */
  readonly path?: string;
  /** Hex. @default - computed from the binary */
  readonly sha256?: string;
  /** File name in a plugin directory. */
  readonly command: string;
}

/** The binary that the environment names. This is the only place that reads the variable. */
export function givenPlugin(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env.OAUTHAPP_PLUGIN ? resolve(env.OAUTHAPP_PLUGIN) : undefined;
}

/**
 * The plugin for a platform, such as "linux/x64".
 *
 * @param isRun whether a program on this machine runs it, and so needs the binary
 * @returns undefined if it has to be fetched or built first
 * @throws ExplainedError if a binary was changed after the release
 */
export function defaultPlugin(platform: string, isRun: boolean, places: PluginPlaces = {}): DefaultPlugin | undefined {
  const { env = process.env, release = ownRelease() } = places;
  const published = release?.plugins[platform];
  if (published === undefined) {
    const built = join(cacheRoot(env), buildName(platform, pinsFolder()), PLUGIN_NAME);
    return existsSync(built) ? { path: built, command: PLUGIN_NAME } : undefined;
  }
  const { sha256 } = published;
  const command = nameOfBuild(published.sha256);
  if (!isRun) {
    return { sha256, command };
  }
  const path = releasedPlugin(platform, published, places);
  return path === undefined ? undefined : { path, sha256, command };
}

/**
 * The prebuilt plugin of a release, on this machine. The binary of an installed package is copied into the cache, because the next
 * `npm install` replaces the package while a server runs its plugin.
 *
 * @returns path in the cache, whose bytes have the sha256 of the release; undefined if there is none
 * @throws ExplainedError if a binary was changed after the release
 */
export function releasedPlugin(
  platform: string,
  published: PublishedPlugin,
  { env = process.env, from = __filename }: PluginPlaces = {},
): string | undefined {
  const cached = cachedPlugin(platform, published, env);
  if (existsSync(cached)) {
    requireReleased(cached, published, `remove it, and run "${commandLine('plugin fetch', '--platform', platform)}"`);
    return cached;
  }
  const packaged = packagedPlugin(published.name, from);
  return packaged === undefined ? undefined : keepPlugin(packaged, platform, published, env);
}

/**
 * Copies a prebuilt plugin into the cache.
 *
 * @returns path of the copy
 * @throws ExplainedError if the file does not have the sha256 of the release, or the cache cannot be written
 */
export function keepPlugin(
  file: string,
  platform: string,
  published: PublishedPlugin,
  env: NodeJS.ProcessEnv = process.env,
): string {
  const target = cachedPlugin(platform, published, env);
  const partial = `${target}.partial-${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(cacheRoot(env), { recursive: true, mode: 0o700 });
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, partial);
    requireReleased(partial, published, `install ${published.name}@${published.version} again`, file);
    chmodSync(partial, 0o755);
    renameSync(partial, target);
  } catch (error) {
    throw error instanceof ExplainedError
      ? error
      : new ExplainedError(
          `the plugin cannot be copied to ${target} (${errorCode(error)}); set WEBEX_TOKEN_VAULT_CACHE to a folder that can be written`,
        );
  } finally {
    if (existsSync(partial)) {
      rmSync(partial);
    }
  }
  return target;
}

function cachedPlugin(platform: string, published: PublishedPlugin, env: NodeJS.ProcessEnv): string {
  return join(cacheRoot(env), 'plugins', platform.replace('/', '-'), nameOfBuild(published.sha256));
}

/** @throws ExplainedError unless the bytes are those of the release */
function requireReleased(file: string, { sha256 }: PublishedPlugin, advice: string, shown = file): void {
  const actual = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (actual !== sha256) {
    throw new ExplainedError(
      `the plugin binary ${shown} must have sha256 ${sha256}, got ${actual}: it was changed after the release; ${advice}`,
    );
  }
}

/** The binary in the installed package of a platform. npm installs only the package of this machine. */
function packagedPlugin(name: string, from: string): string | undefined {
  try {
    const file = join(dirname(createRequire(from).resolve(`${name}/package.json`)), PACKAGED_PLUGIN);
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}
