import { createInterface, type Interface } from 'node:readline/promises';
import { isExplained } from '#core';
import { checkAddress, checkEmail, type Answers } from './answers';
import { DEFAULT_FOLDER, type Arguments } from './arguments';

/** Thrown if the person ends the questions by Ctrl-C or Ctrl-D. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

/**
 * Asks the terminal for everything that the command line does not give. Enter takes the default.
 *
 * @param checkFolder throws an explained error about a folder that cannot be used
 * @throws Interrupted if the person ends the questions
 */
export async function askFor(given: Arguments, checkFolder: (folder: string) => unknown): Promise<Answers> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  terminal.on('SIGINT', () => terminal.close()).on('close', () => ended.abort(new Interrupted()));
  const ask = (question: string, check: (answer: string) => unknown) =>
    answerTo(terminal, ended.signal, question, check);
  try {
    return {
      folder:
        given.folder ??
        ((await ask(`Folder (${DEFAULT_FOLDER}):`, (name) => checkFolder(name || DEFAULT_FOLDER))) || DEFAULT_FOLDER),
      vault:
        given.vault ??
        ((await ask('Address of your Vault (Enter: a trial server in a container here):', ifGiven(checkAddress))) ||
          undefined),
      owner:
        given.owner ??
        ((await ask('Email of the only account that may consent (Enter: any):', ifGiven(checkEmail))) || undefined),
    };
  } finally {
    terminal.close();
  }
}

function ifGiven(check: (answer: string) => unknown): (answer: string) => unknown {
  return (answer) => answer === '' || check(answer);
}

/** Asks until the answer is right. */
async function answerTo(
  terminal: Interface,
  signal: AbortSignal,
  question: string,
  check: (answer: string) => unknown,
): Promise<string> {
  for (;;) {
    const answer = await questioned(terminal, signal, question);
    try {
      check(answer);
      return answer;
    } catch (error) {
      if (!isExplained(error)) {
        throw error;
      }
      process.stderr.write(`${error.message}\n`);
    }
  }
}

async function questioned(terminal: Interface, signal: AbortSignal, question: string): Promise<string> {
  try {
    return (await terminal.question(`${question} `, { signal })).trim();
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}
