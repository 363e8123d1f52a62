import { randomBytes } from 'node:crypto';
import { constants, promises as files } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { errorCode, ExplainedError, oneLine, refuseWithoutModes } from '#core';
import { newRunKey } from './run-key';

/** A file of a key, and the key. Programs that read it do not trim, so it has no line break. */
export interface KeyFile extends AsyncDisposable {
  readonly path: string;
  readonly key: string;
  /** Puts the key there, whole or not at all. @throws ExplainedError */
  write(): Promise<void>;
}

/**
 * Makes a key that its user alone can read. Disposal removes the file.
 *
 * @param path @default - a file in a new private folder
 * @throws ExplainedError if the file holds something else
 */
export async function privateKeyFile(path?: string): Promise<KeyFile> {
  const folder = path === undefined ? await files.mkdtemp(join(tmpdir(), 'webex-token-proxy-')) : undefined;
  const file = path ?? join(folder ?? '', 'key');
  refuseWithoutModes(file);
  // The key of a run that was killed is gone, so no program may wait for it and take it.
  if ((await keyIn(file, '--key-file')) !== undefined) {
    await files.rm(file, { force: true });
  }
  const key = newRunKey();
  return {
    path: file,
    key,
    write: () => writeKey(file, key, 0o600),
    async [Symbol.asyncDispose]() {
      // Another run may have put its own key there, and another program its own file.
      if ((await keyIn(file, '--key-file').catch(() => undefined)) === key) {
        await files.rm(file, { force: true });
      }
      if (folder !== undefined) {
        await files.rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/**
 * Keeps one key in a file that the group of its folder can read, over several runs. An app that has read the key goes on
 * when the proxy restarts alone.
 */
export async function sharedKeyFile(path: string): Promise<KeyFile> {
  refuseWithoutModes(path);
  const known = await keyIn(path, '--shared-key-file');
  const key = known ?? newRunKey();
  return {
    path,
    key,
    write: () => (known === undefined ? writeKey(path, key, 0o640) : Promise.resolve()),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A key of a run, as {@link newRunKey} makes it. */
const KEY = /^[\w-]{43}$/;

const LONGEST_KEY = 1024;

/** Bits of the mode. Somebody else could have chosen the key. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Returns the key in a file, and undefined if there is no file.
 *
 * @param option option that names the file
 * @throws ExplainedError if the file is not a key that this user wrote, because it would be lost
 */
async function keyIn(path: string, option: string): Promise<string | undefined> {
  let text = '';
  try {
    await using file = await files.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const status = await file.stat();
    const isOwn = status.isFile() && status.uid === process.getuid?.() && (status.mode & WRITABLE_BY_OTHERS) === 0;
    text = isOwn && status.size < LONGEST_KEY ? await file.readFile('latin1') : '';
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return undefined;
    }
  }
  if (!KEY.test(text)) {
    throw new ExplainedError(
      `${oneLine(path)} exists and is no key of a proxy, so it stays as it is; give another file by ${option}`,
    );
  }
  return text;
}

/** Readers see the old file or the whole new one. */
async function writeKey(path: string, key: string, mode: number): Promise<void> {
  const partial = join(dirname(path), `.key-${randomBytes(8).toString('hex')}`);
  try {
    await using file = await files.open(partial, 'wx', 0o600);
    await file.writeFile(key);
    await file.chmod(mode);
    await files.rename(partial, path);
  } catch (error) {
    await files.rm(partial, { force: true });
    throw new ExplainedError(
      `the key cannot be written to ${oneLine(path)} (${errorCode(error)}); give a file in a folder where this user may write`,
    );
  }
}
