import { stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { AskForRedirect } from '../../grants/consent/pasted-redirect';

/** A terminal hides the pasted address, because it contains a code. Without a terminal, each line of stdin is one attempt. */
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

  /** An open pipe would keep the process alive. */
  [Symbol.dispose](): void {
    this.#input?.close();
  }
}
