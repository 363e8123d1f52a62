import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { errorCode, ExplainedError } from '#core';
import { requirePrivate } from '../files/require-private';

/*
 * The key shares that unseal Vault, or with an auto-unseal seal authorize actions of several people. They come from files,
 * from a pipe, or typed unseen; never from the command line, which every process on the machine can read.
 */

const FILE_NAME = /^key-share-(\d+)$/;

/** The bytes of a share in base64 or in hex, as Vault shows and accepts them. */
const SHARE = /^(?:[0-9a-fA-F]{32,200}|[A-Za-z0-9+/]{22,140}={0,2})$/;

/** Ways to give key shares to a command. */
export const SHARE_WAYS =
  'by --key-shares FOLDER, by --share-file FILE, one a line on standard input, or unseen on a terminal';

/** Options of each command that takes key shares. */
export interface KeyShareOptions {
  /** Files that hold one share each. @default - none */
  readonly shareFile?: readonly string[];
  /** Folder to which `webex-token-vault init` wrote them. @default - none */
  readonly keyShares?: string;
}

/** File of a share, counted from 1. */
export function keyShareFile(folder: string, number: number): string {
  return join(folder, `key-share-${number}`);
}

/** The share files in a folder, in order; none if there is no such folder. */
export async function findKeyShareFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const number = (name: string): number => Number(FILE_NAME.exec(name)?.[1] ?? 0);
  return names
    .filter((name) => FILE_NAME.test(name))
    .sort((a, b) => number(a) - number(b))
    .map((name) => join(folder, name));
}

/** The shares one by one: from the files, or typed on a terminal, or one a line on standard input. */
export async function* readKeyShares(
  { shareFile: files = [], keyShares: folder }: KeyShareOptions,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  if (files.length > 0 || folder !== undefined) {
    const found = folder === undefined ? [] : await findKeyShareFiles(folder);
    if (folder !== undefined && found.length === 0) {
      throw new ExplainedError(
        `${folder} has no key share, such as ${keyShareFile(folder, 1)}; name another folder with --key-shares, or the files with --share-file`,
      );
    }
    for (const file of [...files, ...found]) {
      yield await readShareFile(file);
    }
  } else if (process.stdin.isTTY) {
    yield* promptForShares(signal);
  } else {
    for await (const line of createInterface({ input: process.stdin, signal })) {
      if (line.trim() !== '') {
        yield checkShare(line.trim(), 'standard input');
      }
    }
    // An interruption looks like the end of the input.
    signal?.throwIfAborted();
  }
}

/** Key shares that are asked for once and needed more than once. */
export class RememberedKeyShares implements AsyncIterable<string> {
  readonly #source: AsyncGenerator<string>;
  readonly #given: string[] = [];

  constructor(source: AsyncGenerator<string>) {
    this.#source = source;
  }

  /** Asks for the first share, so that its problems are reported at once. */
  async askFirst(): Promise<void> {
    await this[Symbol.asyncIterator]().next();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (let index = 0; ; index++) {
      let share = this.#given[index];
      if (share === undefined) {
        const next = await this.#source.next();
        if (next.done === true) {
          return;
        }
        share = next.value;
        this.#given.push(share);
      }
      yield share;
    }
  }
}

async function readShareFile(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ExplainedError(`the key share ${file} cannot be read (${errorCode(error)}); check the path`);
  }
  requirePrivate({ path: file, mode: (await stat(file)).mode, what: 'the key share' });
  return checkShare(text.trim(), file);
}

function checkShare(text: string, where: string): string {
  if (SHARE.test(text)) {
    return text;
  }
  const problem = text === '' ? 'nothing' : 'something else, or a share that is still encrypted by PGP';
  throw new ExplainedError(`${where} must contain one key share, got ${problem}; give the share alone`);
}

/** Asks until an empty line is typed. */
async function* promptForShares(signal?: AbortSignal): AsyncGenerator<string> {
  const { password } = await import('@inquirer/prompts');
  const validate = (text: string): boolean | string =>
    text.trim() === '' || SHARE.test(text.trim()) || 'That is no key share. Paste one, or press Enter to stop.';
  for (let number = 1; ; number++) {
    const message = `Key share ${number} (not shown; Enter to stop):`;
    const typed = (await password({ message, validate }, { output: process.stderr, signal })).trim();
    if (typed === '') {
      return;
    }
    yield typed;
  }
}
