import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError, oneLine, timerMs, UsageError } from '#core';
import { explained } from '../../operators/server-refusal';

/*
 * Repeated looks. On a terminal, each look replaces the one before. In a file or a pipe, the looks follow one another.
 */

/** Size of the terminal. */
export interface Page {
  readonly columns: number;
  readonly rows: number;
}

export interface WatchOptions<T> {
  readonly intervalSeconds: number;
  /** Takes one look. @param note gets a line about a problem beside the look */
  readonly look: (note: (line: string) => void) => Promise<T>;
  /** Text of a look, without a line feed at its end. @param page size that the text has to fit */
  readonly show: (seen: T, page?: Page) => string;
  readonly output: NodeJS.WriteStream;
  /** Whether each look replaces the one before, on a terminal. */
  readonly inPlace: boolean;
  /** Gets those lines, and a line about each failed look, unless looks replace one another. */
  readonly complain: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The alternate screen without a cursor, and the way back. */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
/** The upper left corner, and the rest of the older text. */
const HOME = '\u001b[H';
const ERASE_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/** For a terminal that does not report its size. */
const USUAL_PAGE: Page = { columns: 80, rows: 24 };

/**
 * Looks until the signal is aborted. A failed look is reported, and the next one is tried.
 *
 * @returns once nobody reads the output
 * @throws the signal's reason; UsageError, which every look would meet; an unexpected error
 */
export async function watch<T>(options: WatchOptions<T>): Promise<void> {
  const { intervalSeconds, look, show, output, inPlace, complain, signal } = options;
  const deserted = new AbortController();
  const desert = (): void => deserted.abort();
  output.once('error', desert);
  using screen = inPlace ? new Screen(output) : undefined;
  let seen: { readonly of: T } | undefined;
  let notes: string[] = [];
  const note = inPlace ? (line: string): void => void notes.push(line) : complain;
  const draw = (): void => {
    const shown = (page?: Page): string => (seen === undefined ? '' : show(seen.of, page));
    if (screen === undefined) {
      output.write(`${shown()}\n`);
    } else {
      const head = [`Every ${intervalSeconds} s; Ctrl-C ends it.`, ...notes, ''];
      const height = ({ columns }: Page): number =>
        head.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
      screen.draw((page) => [...head, shown({ ...page, rows: page.rows - height(page) })]);
    }
  };
  screen?.onChange(draw);
  try {
    while (!deserted.signal.aborted) {
      notes = [];
      try {
        seen = { of: await look(note) };
        draw();
      } catch (error) {
        signal.throwIfAborted();
        const at = `${new Date().toISOString().slice(11, 19)} UTC`;
        note(`${at}: ${describeFailure(error)}; trying again in ${intervalSeconds} s`);
        if (screen !== undefined) {
          draw();
        }
      }
      const either = AbortSignal.any([signal, deserted.signal]);
      await sleep(timerMs(intervalSeconds * 1000), undefined, { signal: either }).catch(() => signal.throwIfAborted());
    }
  } finally {
    output.off('error', desert);
  }
}

/** @throws the error itself, if another look would not help */
function describeFailure(error: unknown): string {
  const problem = explained(error);
  if (!(problem instanceof ExplainedError) || problem instanceof UsageError) {
    throw error;
  }
  return oneLine(problem.message);
}

/** The alternate screen of a terminal. It is left at any end of the process. */
class Screen implements Disposable {
  readonly #leave = (): void => void this.output.write(LEAVE);
  readonly #stop = (): void => {
    this.#leave();
    process.kill(process.pid, 'SIGSTOP');
  };
  readonly #resume = (): void => {
    this.output.write(ENTER);
    this.#redraw();
  };
  #redraw: () => void = () => undefined;

  constructor(private readonly output: NodeJS.WriteStream) {
    process.once('exit', this.#leave);
    process.on('SIGTSTP', this.#stop);
    process.on('SIGCONT', this.#resume);
    this.output.write(ENTER);
  }

  /** Redraws at another size, and after a return from the background. */
  onChange(redraw: () => void): void {
    this.#redraw = redraw;
    this.output.on('resize', redraw);
  }

  draw(linesFor: (page: Page) => readonly string[]): void {
    const { columns, rows } = this.output;
    const page = columns > 0 && rows > 0 ? { columns, rows } : USUAL_PAGE;
    const lines = linesFor(page).join('\n').split('\n');
    this.output.write(`${HOME}${lines.map((line) => `${line}${ERASE_LINE}`).join('\n')}${ERASE_BELOW}`);
  }

  [Symbol.dispose](): void {
    this.output.off('resize', this.#redraw);
    process.off('SIGTSTP', this.#stop);
    process.off('SIGCONT', this.#resume);
    process.off('exit', this.#leave);
    this.#leave();
  }
}
