import { readFile, stat } from 'node:fs/promises';
import { errorCode, ExplainedError } from '#core';
import { requirePrivate } from './require-private';

/** Longer than any secret or token. */
const MAX_BYTES = 65_536;

/**
 * The whole text of a private file with one secret.
 *
 * @param what name of the secret, such as `client secret`
 * @throws ExplainedError if the file is open to others, too large, or cannot be read
 */
export async function readSecretFile(what: string, file: string): Promise<string> {
  const named = `the file of the ${what}, ${file},`;
  const unreadable = (error: unknown): never => {
    throw new ExplainedError(`${named} cannot be read (${errorCode(error)}); check the path`);
  };
  const stats = await stat(file).catch(unreadable);
  // Reading a device, or a FIFO without a writer, would block and cannot be aborted. A shell's <(...) has a writer.
  if (!stats.isFile() && !(stats.isFIFO() && /^\/(?:dev|proc\/self)\/fd\//.test(file))) {
    throw new ExplainedError(
      `${named} must be a regular file, got something else; write the ${what} to one of mode 0600`,
    );
  }
  requirePrivate({ path: file, mode: stats.mode, uid: stats.uid, what: `the file of the ${what},` });
  if (stats.size > MAX_BYTES) {
    throw new ExplainedError(`${named} must hold the ${what} alone, got ${stats.size} bytes; check the path`);
  }
  return readFile(file, 'utf8').catch(unreadable);
}
