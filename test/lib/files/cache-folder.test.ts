import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { cacheRoot, cachedFolder, type CacheEntry } from '../../../lib/files/cache-folder';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

let root: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  root = temporaryFolder();
  env = { WEBEX_TOKEN_VAULT_CACHE: root };
});

/** An entry with one file, which is usable if the file contains "whole". */
function entry(fill: (folder: string) => Promise<void> | void): CacheEntry {
  return {
    name: 'tool-1.0',
    isUsable: (folder) =>
      Promise.resolve(existsSync(join(folder, 'tool')) && readFileSync(join(folder, 'tool'), 'utf8') === 'whole'),
    fill: async (folder) => fill(folder),
  };
}
const writeWhole = (folder: string): void => writeFileSync(join(folder, 'tool'), 'whole');

test("the cache root is WEBEX_TOKEN_VAULT_CACHE, or by default a folder in the user's cache", () => {
  const home = { HOME: '/home/me' };
  expect(cacheRoot({ ...home, XDG_CACHE_HOME: '/xdg', WEBEX_TOKEN_VAULT_CACHE: '/given' }, 'linux')).toBe('/given');
  expect(cacheRoot({ ...home, XDG_CACHE_HOME: '/xdg' }, 'darwin')).toBe('/xdg/webex-token-vault');
  expect(cacheRoot({ ...home, XDG_CACHE_HOME: 'relative' }, 'linux')).toBe('/home/me/.cache/webex-token-vault');
  expect(cacheRoot(home, 'darwin')).toBe('/home/me/Library/Caches/webex-token-vault');
});

test('the cache fills an entry once', async () => {
  const fill = jest.fn(writeWhole);
  const folder = await cachedFolder(entry(fill), env);
  expect(folder).toBe(join(root, 'tool-1.0'));
  expect(await cachedFolder(entry(fill), env)).toBe(folder);
  expect(fill).toHaveBeenCalledTimes(1);
  expect(readdirSync(root)).toEqual(['tool-1.0']);
});

test('two concurrent calls return the same complete entry', async () => {
  let begun = 0;
  let goOn: () => void = () => undefined;
  const bothHaveBegun = new Promise<void>((resolve) => (goOn = resolve));
  const fillTogether = async (folder: string): Promise<void> => {
    writeFileSync(join(folder, 'tool'), 'half');
    if (++begun === 2) {
      goOn();
    }
    await bothHaveBegun;
    writeWhole(folder);
  };
  const folders = await Promise.all([cachedFolder(entry(fillTogether), env), cachedFolder(entry(fillTogether), env)]);
  expect(new Set(folders).size).toBe(1);
  expect(readFileSync(join(root, 'tool-1.0', 'tool'), 'utf8')).toBe('whole');
  expect(readdirSync(root)).toEqual(['tool-1.0']);
});

test('a failed fill leaves nothing behind', async () => {
  const failing = entry((folder) => {
    writeFileSync(join(folder, 'tool'), 'half');
    throw new Error('no network');
  });
  await expect(cachedFolder(failing, env)).rejects.toThrow('no network');
  expect(readdirSync(root)).toEqual([]);
});

test('the cache refuses a filled entry that is unusable', async () => {
  const useless = entry((folder) => writeFileSync(join(folder, 'tool'), 'half'));
  await expect(cachedFolder(useless, env)).rejects.toThrow(ExplainedError);
  expect(readdirSync(root)).toEqual([]);
});

test('the cache replaces an unusable entry', async () => {
  mkdirSync(join(root, 'tool-1.0'));
  writeFileSync(join(root, 'tool-1.0', 'tool'), 'half');
  const folder = await cachedFolder(entry(writeWhole), env);
  expect(readFileSync(join(folder, 'tool'), 'utf8')).toBe('whole');
  expect(readdirSync(root)).toEqual(['tool-1.0']);
});

test('the cache keeps the entry of a process that finished first', async () => {
  const overtaken = entry((folder) => {
    writeWhole(folder);
    mkdirSync(join(root, 'tool-1.0'));
    writeFileSync(join(root, 'tool-1.0', 'by-the-other'), '');
    writeWhole(join(root, 'tool-1.0'));
  });
  const folder = await cachedFolder(overtaken, env);
  expect(readdirSync(folder).sort()).toEqual(['by-the-other', 'tool']);
});

test('the cache ignores a partial entry of a killed process, and removes it after an hour', async () => {
  for (const [name, hours] of Object.entries({ '.partial-old': 1.1, '.partial-new': 0.9 })) {
    mkdirSync(join(root, name));
    const at = Date.now() / 1000 - hours * 3600;
    utimesSync(join(root, name), at, at);
  }
  await cachedFolder(entry(writeWhole), env);
  expect(readdirSync(root).sort()).toEqual(['.partial-new', 'tool-1.0']);
});

test('the cache reports a folder that cannot be written', async () => {
  writeFileSync(join(root, 'file'), '');
  const inFile = { WEBEX_TOKEN_VAULT_CACHE: join(root, 'file', 'cache') };
  await expect(cachedFolder(entry(writeWhole), inFile)).rejects.toThrow(
    /cannot be written \(ENOTDIR\); set WEBEX_TOKEN_/,
  );
});
