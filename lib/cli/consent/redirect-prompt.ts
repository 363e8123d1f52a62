import { stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { AskForRedirect } from '../../grants/consent/pasted-redirect';

/** At a terminal what is pasted stays hidden, because there is a code in it; else each line is one try. */
export class RedirectPrompt implements Disposable {
  readonly #input = stdin.isTTY ? undefined : createInterface({ input: stdin });
  readonly #lines = this.#input?.[Symbol.asyncIterator]();

  readonly ask: AskForRedirect = async (problem, signal) => {
    if (problem !== undefined) {
      process.stderr.write(`Ignored: ${problem}.\n`);
    }
    if (this.#lines !== undefined) {
      const next = await this.#lines.next();
      return next.done ? undefined : next.value;
    }
    const { password } = await import('@inquirer/prompts');
    return password({ message: 'Paste the address (it stays hidden):' }, { signal, output: process.stderr });
  };

  /** An open pipe would keep the process. */
  [Symbol.dispose](): void {
    this.#input?.close();
  }
}
