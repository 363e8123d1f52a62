import type { Ora } from 'ora';
import { unlessAborted } from '#core';

const TICK_MS = 100;

/** Without a terminal, notes are printed only in steps that take longer. */
const LONG_MS = 1000;

const SIGNS = { done: '✔', failed: '✖', more: '…', spinner: 'dots' } as const;
const ASCII_SIGNS = { done: 'ok', failed: 'failed:', more: '...', spinner: 'line' } as const;

/** POSIX's order of variables decides. Without any, the terminal is taken for UTF-8. */
function signs({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): typeof SIGNS | typeof ASCII_SIGNS {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || 'UTF-8') ? SIGNS : ASCII_SIGNS;
}

/** Numbered step lines, each with its duration. On a terminal, a spinner shows the elapsed time. */
export class StepLog {
  #number = 0;
  readonly #signs = signs(process.env);

  constructor(
    private readonly total: number,
    /** Ends the running step. The caller stops all that it has started. */
    private readonly signal: AbortSignal,
    private readonly output: NodeJS.WriteStream = process.stdout,
  ) {}

  /**
   * @param doing shown while the step runs, such as `Starting the server`
   * @param step can call `note` about its progress. The final line is the result's `said`, or by default the last note
   */
  async run<T extends object>(
    doing: string,
    step: (note: (line: string) => void) => Promise<T & { readonly said?: string }>,
  ): Promise<T> {
    const label = `${String(++this.#number).padStart(2)}/${this.total}`;
    const started = performance.now();
    const elapsed = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
    let noted = doing;
    let printed = '';
    const spinner = await this.#spinner(`${label}  ${doing}`);
    const tick = setInterval(() => {
      if (spinner) {
        spinner.text = `${label}  ${noted}  ${elapsed()}`;
      } else if (noted !== printed && performance.now() - started > LONG_MS) {
        printed = noted;
        this.output.write(`${label}  ${this.#signs.more} ${noted}\n`);
      }
    }, TICK_MS);
    try {
      this.signal.throwIfAborted();
      const running = step((line) => {
        noted = line;
      });
      const result = await unlessAborted(running, this.signal);
      spinner?.stop();
      this.output.write(
        `${label}  ${this.#mark(this.#signs.done, 32)} ${result.said ?? noted}  ${this.#dim(elapsed())}\n`,
      );
      return result;
    } catch (error) {
      spinner?.stop();
      this.output.write(`${label}  ${this.#mark(this.#signs.failed, 31)} ${noted}  ${this.#dim(elapsed())}\n`);
      throw error;
    } finally {
      clearInterval(tick);
    }
  }

  async #spinner(text: string): Promise<Ora | undefined> {
    // Some terminals in containers report 0 columns, and the spinner would divide by zero.
    if (!this.output.isTTY || this.output.columns === 0) {
      return undefined;
    }
    const { default: ora } = await import('ora');
    // Ctrl-C must reach the command's own handler, and typed keys must not be swallowed.
    return ora({ text, stream: this.output, discardStdin: false, spinner: this.#signs.spinner }).start();
  }

  #mark(sign: string, color: number): string {
    return this.output.isTTY && !process.env.NO_COLOR ? `\u001b[${color}m${sign}\u001b[39m` : sign;
  }

  #dim(text: string): string {
    return this.output.isTTY && !process.env.NO_COLOR ? `\u001b[2m${text}\u001b[22m` : text;
  }
}
