import { ExplainedError, UsageError } from '#core';
import { readSecretFile } from '../files/secret-file';

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

function checkSecret(what: string, secret: string, where: string): string {
  if (secret === '' || /\s/.test(secret)) {
    const problem = secret === '' ? 'is empty' : 'has white space in it';
    throw new ExplainedError(`${where} must be the ${what} alone, and ${problem}; copy it again`);
  }
  return secret;
}
