import type { Ora } from 'ora';
import { unlessAborted } from '#core';

/** How often the elapsed time beside the spinner is renewed. */
const TICK_MS = 100;

/** Off a terminal, what a step notes is worth a line of its own only once the step takes long. */
const LONG_MS = 1000;

interface Signs {
  readonly done: string;
  readonly failed: string;
  readonly more: string;
  /** Name of ora's. */
  readonly spinner: 'dots' | 'line';
}

const SIGNS: Signs = { done: '✔', failed: '✖', more: '…', spinner: 'dots' };

const ASCII_SIGNS: Signs = { done: 'ok', failed: 'failed:', more: '...', spinner: 'line' };

/** By the variable that decides, as POSIX has it; where none is set, terminals of today are of UTF-8. */
function signs({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): Signs {
  const locale = LC_ALL || LC_CTYPE || LANG || 'UTF-8';
  return /utf-?8/i.test(locale) ? SIGNS : ASCII_SIGNS;
}

/**
 * Numbered step lines, each with the time it took; on a terminal a spinner with the elapsed time while it runs.
 */
export class StepLog {
  #number = 0;
  readonly #signs = signs(process.env);

  constructor(
    private readonly total: number,
    /** Ends the step that runs; what it has started is the caller's to stop. */
    private readonly signal: AbortSignal,
    private readonly output: NodeJS.WriteStream = process.stdout,
  ) {}

  /**
   * Runs one step.
   *
   * @param doing what it does, shown while it runs: `start OpenBao`
   * @param step may call `note` to say how far it is; its result's `said` is the line that stays, by default the last note
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
    // Some terminals, as in containers, say that they are 0 columns wide, which the spinner would divide by.
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
