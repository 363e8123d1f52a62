import { promises as files, type Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, ExplainedError } from '../explained-error';
import { refuseWithoutModes, requireGuardedFolder } from '../command/private-folder';
import { readSetting } from '../vault/vault-environment';
import { commandLine } from '../command/command-line';

/** The file that holds an app's secret id. Other programs may read it at any moment. */
export class SecretIdFile {
  constructor(readonly path: string) {}

  /** @throws ExplainedError if it holds none */
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
   * Replaces the secret id atomically. A reader finds the old one or the new one, even after a power cut. If the path is a
   * link, its target is replaced.
   *
   * @returns false if the file holds another secret id by now, which stays
   * @throws a system error, and the file is unchanged
   */
  async replace(secretId: string, next: string): Promise<boolean> {
    const file = await files.realpath(this.path);
    const content = await files.readFile(file, 'utf8');
    if (content.trim() !== secretId) {
      return false;
    }
    // A line break at the end stays, because some readers expect it.
    await replaceContent(
      file,
      content.replace(secretId, () => next),
      await files.stat(file),
    );
    return true;
  }

  /**
   * Checks that the file can be written, before a secret id is unwrapped for it. A wrapping token works once.
   *
   * @throws ExplainedError if others could replace the file, or it cannot be written
   */
  async prepare(): Promise<void> {
    refuseWithoutModes(this.path);
    const file = await this.#target();
    await requireGuardedFolder(dirname(file));
    const found = await files.stat(file).catch(() => undefined);
    if (found !== undefined && !found.isFile()) {
      throw new ExplainedError(`${this.path} exists and is not a regular file; choose another place for the secret id`);
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
   * Writes a secret id atomically, into a file of mode 0600. Owner and group of an existing file keep reading it.
   *
   * @throws ExplainedError if it cannot be written
   */
  async put(secretId: string): Promise<void> {
    try {
      const file = await this.#target();
      await replaceContent(file, secretId, await files.stat(file).catch(unlessMissing));
    } catch (error) {
      throw new ExplainedError(
        `${this.path} cannot be written (${errorCode(error)}), and the secret id for it is lost; correct that, then have another issued: ${commandLine('issue', 'APP')}`,
      );
    }
  }

  /** Returns the target if the path is a link. */
  #target(): Promise<string> {
    return files.realpath(this.path).catch(() => resolve(this.path));
  }
}

/** A text of the length of a secret id. */
const PLACEHOLDER = '-'.repeat(36);

function unlessMissing(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') {
    throw error;
  }
}

/** @param rights owner, group and mode of the replaced file. @throws a system error, and the file is unchanged */
function replaceContent(file: string, content: string, rights?: Stats): Promise<void> {
  return writePartial(file, content, (partial) => files.rename(partial, file), rights);
}

/** @param finish gets the written file, with mode 0600 or with these rights */
async function writePartial(
  file: string,
  content: string,
  finish: (partial: string) => Promise<void>,
  rights?: Stats,
): Promise<void> {
  // The import stands here, because it takes some milliseconds and few logins write.
  const { randomBytes } = await import('node:crypto');
  // In the same folder, because a rename is atomic only within one file system.
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

/** Sets owner, group and their rights. Others get none. @throws a system error if that would lock out a reader */
async function giveRights(handle: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const own = await handle.stat();
  if (own.uid !== uid || own.gid !== gid) {
    await handle.chown(uid, gid).catch(async (error: unknown) => {
      // Only root may change the owner. Root's file may become this user's, because root can still read it.
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
