import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { errorCode, ExplainedError } from '#core';
import { withLock } from './file-lock';

/*
 * Downloads and builds, kept in the user's cache folder. An entry is filled in a folder beside it and then renamed, so an
 * entry is always complete. If two processes fill one entry, the first to rename it wins.
 */

const PROJECT = 'webex-token-vault';
const PARTIAL = '.partial-';
const PARTIAL_LIFE_MS = 3600 * 1000;

export interface CacheEntry {
  /** Name of the folder, with all that decides on the content: version, platform, hash. */
  readonly name: string;
  /** An entry that is not usable is removed and filled again. */
  readonly isUsable: (folder: string) => Promise<boolean>;
  /** Fills an empty folder. */
  readonly fill: (folder: string) => Promise<void>;
}

/** `WEBEX_TOKEN_VAULT_CACHE`, or by default this project's folder in the user's cache folder. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  if (env.WEBEX_TOKEN_VAULT_CACHE) {
    return resolve(env.WEBEX_TOKEN_VAULT_CACHE);
  }
  // The XDG specification requires that a relative path is ignored.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) {
    return join(env.XDG_CACHE_HOME, PROJECT);
  }
  const home = env.HOME || homedir();
  return platform === 'darwin' ? join(home, 'Library', 'Caches', PROJECT) : join(home, '.cache', PROJECT);
}

/**
 * Returns the folder of a cache entry, and fills it first if necessary.
 *
 * @throws ExplainedError if the cache folder cannot be written, and any error of `fill`
 */
export async function cachedFolder(entry: CacheEntry, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const folder = join(cacheRoot(env), entry.name);
  if (await entry.isUsable(folder)) {
    return folder;
  }
  const root = await makeCacheRoot(env);
  await removeAbandoned(root);
  await replaceFolder(root, folder, entry);
  return folder;
}

/**
 * Returns the folder of a cache entry that takes long to fill. One process fills the entry, and the others wait.
 *
 * @param filled fills the entry
 */
export async function cachedInTurn(
  entry: CacheEntry,
  filled: (entry: CacheEntry) => Promise<string> = cachedFolder,
): Promise<string> {
  const folder = join(cacheRoot(), entry.name);
  if (await entry.isUsable(folder)) {
    return folder;
  }
  const root = await makeCacheRoot();
  return withLock(join(root, entry.name), () => filled(entry), { patienceMs: Infinity });
}

/** Creates the private cache folder. @throws ExplainedError if it cannot be written */
export async function makeCacheRoot(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const root = cacheRoot(env);
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ExplainedError(
      `the cache folder ${root} cannot be written (${errorCode(error)}); set WEBEX_TOKEN_VAULT_CACHE to a folder that can`,
    );
  }
  return root;
}

async function replaceFolder(root: string, folder: string, entry: CacheEntry): Promise<void> {
  const partial = await mkdtemp(join(root, `${PARTIAL}${entry.name}-`));
  const removePartial = (): void => rmSync(partial, { recursive: true, force: true });
  process.once('exit', removePartial);
  try {
    const content = join(partial, 'content');
    await mkdir(content);
    await entry.fill(content);
    if (!(await entry.isUsable(content))) {
      throw new ExplainedError(
        `the new cache entry ${entry.name} does not work on this machine; remove ${root} and try again`,
      );
    }
    await syncFiles(content);
    // A usable entry of a faster process stays.
    if (!(await renameUnlessThere(content, folder)) && !(await entry.isUsable(folder))) {
      await rename(folder, join(partial, 'unusable')).catch(unless('ENOENT'));
      await renameUnlessThere(content, folder);
    }
  } finally {
    process.off('exit', removePartial);
    removePartial();
  }
}

/** Protects the entry against a power failure, which could leave empty files. */
async function syncFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) {
      await using file = await open(join(entry.parentPath, entry.name), 'r');
      await file.sync();
    }
  }
}

/** @returns false if the target exists */
async function renameUnlessThere(from: string, to: string): Promise<boolean> {
  return (await rename(from, to).then(() => true, unless('ENOTEMPTY', 'EEXIST', 'ENOTDIR'))) === true;
}

/** Removes the partial entries of killed processes, once no running process can still use them. */
async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const path = join(root, name);
    const found = name.startsWith(PARTIAL) ? await stat(path).catch(unless('ENOENT')) : undefined;
    if (found && Date.now() - found.mtimeMs > PARTIAL_LIFE_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

function unless(...expected: string[]): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (!expected.includes(error.code ?? '')) {
      throw error;
    }
  };
}
