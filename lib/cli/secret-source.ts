import { readFile, stat } from 'node:fs/promises';
import { errorCode, ExplainedError, UsageError } from '#core';
import { requirePrivate } from '../files/require-private';

/** The source of a secret: a file, or a person who types it unseen. It is never the command line. */
export interface SecretSource {
  /** Name of the secret, such as `new client secret`. */
  readonly what: string;
  /** @default - a person is asked */
  readonly file?: string;
  /** Option that names the file. */
  readonly option: string;
  /** Question at a terminal. */
  readonly question: string;
}

/** @returns undefined if the person typed nothing. @throws UsageError if there is neither a file nor a terminal */
export async function readSecret(
  { what, file, option, question }: SecretSource,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (file !== undefined) {
    return checkSecret(what, (await readSecretFile(what, file)).trim(), file);
  }
  if (!process.stdin.isTTY) {
    throw new UsageError(`there is no terminal to ask for the ${what}; name its file with ${option}`);
  }
  const { password } = await import('@inquirer/prompts');
  const typed = (await password({ message: question }, { output: process.stderr, signal })).trim();
  return typed === '' ? undefined : checkSecret(what, typed, 'the typed text');
}

/** Longer than any secret or token. */
const MAX_BYTES = 65_536;

async function readSecretFile(what: string, file: string): Promise<string> {
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
  requirePrivate({ path: file, mode: stats.mode, what: `the file of the ${what},` });
  if (stats.size > MAX_BYTES) {
    throw new ExplainedError(`${named} must hold the ${what} alone, got ${stats.size} bytes; check the path`);
  }
  return readFile(file, 'utf8').catch(unreadable);
}

function checkSecret(what: string, secret: string, where: string): string {
  if (secret === '' || /\s/.test(secret)) {
    const problem = secret === '' ? 'is empty' : 'has white space in it';
    throw new ExplainedError(`${where} must be the ${what} alone, and ${problem}; copy it again`);
  }
  return secret;
}
