import { promises as files, type Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, ExplainedError } from '../explained-error';
import { refuseWithoutModes, requireGuardedFolder } from '../command/private-folder';
import { readSetting } from '../vault/vault-environment';
import { commandLine } from '../command/command-line';

/** The file that holds an app's secret id, which other programs may read at any moment. */
export class SecretIdFile {
  constructor(readonly path: string) {}

  /** @throws ExplainedError where there is none in it */
  read(): string {
    const secretId = readSetting('VAULT_SECRET_ID_FILE', this.path).trim();
    if (secretId === '') {
      throw new ExplainedError(
        `VAULT_SECRET_ID_FILE names ${this.path}, which is empty; put the secret id of the app there`,
      );
    }
    return secretId;
  }

  /**
   * Puts another secret id in the place of this one, so that a reader, or a power cut, finds the one or the other,
   * whole. Where the path is a link, it is the file behind it that is replaced.
   *
   * @returns false where the file holds another secret id by now, which stays
   * @throws a system error; the file is then as it was
   */
  async replace(secretId: string, next: string): Promise<boolean> {
    const file = await files.realpath(this.path);
    const content = await files.readFile(file, 'utf8');
    if (content.trim() !== secretId) {
      return false;
    }
    // With the line break at its end, if there was one: not every reader takes it away.
    await replaceContent(
      file,
      content.replace(secretId, () => next),
      await files.stat(file),
    );
    return true;
  }

  /**
   * To be called before a secret id is fetched for the file, as a wrapping gives one only once: afterwards little can go
   * wrong.
   *
   * @throws ExplainedError where others could put one of theirs in its place, or it cannot be written
   */
  async prepare(): Promise<void> {
    refuseWithoutModes(this.path);
    const file = await this.#target();
    await requireGuardedFolder(dirname(file));
    const found = await files.stat(file).catch(() => undefined);
    if (found !== undefined && !found.isFile()) {
      throw new ExplainedError(`${this.path} is there, and is no file; choose another place for the secret id`);
    }
    try {
      const present = await files.stat(file).catch(unlessMissing);
      await (present === undefined
        ? writePartial(file, PLACEHOLDER, (partial) => files.rm(partial))
        : replaceContent(file, await files.readFile(file, 'utf8'), present));
    } catch (error) {
      throw new ExplainedError(`${this.path} cannot be written (${errorCode(error)}); choose another file`);
    }
  }

  /**
   * Puts a secret id there, whole or not at all, in a file of mode 0600; where there is one, its owner and group go on
   * reading it.
   *
   * @throws ExplainedError where it cannot be written
   */
  async put(secretId: string): Promise<void> {
    try {
      const file = await this.#target();
      await replaceContent(file, secretId, await files.stat(file).catch(unlessMissing));
    } catch (error) {
      throw new ExplainedError(
        `${this.path} cannot be written (${errorCode(error)}), and the secret id for it is lost; mend that, then have another issued: ${commandLine('issue')}`,
      );
    }
  }

  /** Where the path is a link, the file behind it. */
  #target(): Promise<string> {
    return files.realpath(this.path).catch(() => resolve(this.path));
  }
}

/** As long as a secret id. */
const PLACEHOLDER = '-'.repeat(36);

function unlessMissing(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') {
    throw error;
  }
}

/** @param rights of the file that is replaced. @throws a system error; the file is then as it was */
function replaceContent(file: string, content: string, rights?: Stats): Promise<void> {
  return writePartial(file, content, (partial) => files.rename(partial, file), rights);
}

/** @param finish gets the file of mode 0600, or with these rights, once it is on the disk */
async function writePartial(
  file: string,
  content: string,
  finish: (partial: string) => Promise<void>,
  rights?: Stats,
): Promise<void> {
  // Here: to load it costs each login some milliseconds, and few of them write.
  const { randomBytes } = await import('node:crypto');
  // In the same folder: a rename is atomic only within one file system.
  const partial = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.partial`);
  try {
    const handle = await files.open(partial, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      if (rights !== undefined) {
        await giveRights(handle, rights);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await finish(partial);
  } catch (error) {
    await files.rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Owner, group and their rights as before; nobody else gets any.
 *
 * @throws a system error where that would lock somebody out
 */
async function giveRights(handle: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const own = await handle.stat();
  if (own.uid !== uid || own.gid !== gid) {
    await handle.chown(uid, gid).catch(async (error: unknown) => {
      // Only root gives files away. What was root's may become this user's: root reads it all the same.
      const isGroupReading = (mode & 0o070) !== 0;
      if (uid !== 0 && uid !== own.uid) {
        throw error;
      }
      await handle.chown(own.uid, gid).catch((groupError: unknown) => {
        if (isGroupReading) {
          throw groupError;
        }
      });
    });
  }
  await handle.chmod(mode & 0o660);
}
