import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';

/** Ctrl-C, a request of another process to end, and a closed terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm and tsx pass on a signal that the terminal has already sent to this process. */
const SAME_SIGNAL_MS = 500;

/** Time for an answer with a token, and for its revocation. */
const CLEAN_UP_MS = 12_000;

/** Time for a read that may refresh a token, and for a logout. */
const SECOND_CLEAN_UP_MS = 30_000;

/** A possibly long wait is explained after this time. */
const UNEXPLAINED_MS = 1000;

/** The reason of the aborted signal. */
export class Interrupted extends Error {
  override name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}

/** The action cleans up after the first signal, and a second signal does not stop the cleanup. The process ends after a limit. */
export class Interruption implements Disposable {
  /**
   * Limit of the cleanup after the first signal. After the second signal it is {@link SECOND_CLEAN_UP_MS} at most.
   * Infinity means that the action ends by itself.
   */
  cleanUpMs = CLEAN_UP_MS;
  readonly #abort = new AbortController();
  readonly #handle = (signal: NodeJS.Signals): void => this.#receive(signal);
  #first?: { readonly signal: NodeJS.Signals; readonly at: number };
  #endsAt = Number.POSITIVE_INFINITY;
  #end?: NodeJS.Timeout;
  #explanation?: NodeJS.Timeout;

  constructor() {
    // Every step and every request listens, so many listeners are no leak.
    setMaxListeners(0, this.#abort.signal);
    SIGNALS.forEach((signal) => void process.on(signal, this.#handle));
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The exit code of a shell: 128 plus the number of the first signal. @default - there was no signal */
  get exitCode(): number | undefined {
    return this.#first && 128 + constants.signals[this.#first.signal];
  }

  /** Leaves signals to Node again. Before the end, libraries that clean up at a signal would then kill the process. */
  [Symbol.dispose](): void {
    clearTimeout(this.#end);
    clearTimeout(this.#explanation);
    SIGNALS.forEach((signal) => void process.off(signal, this.#handle));
  }

  #receive(signal: NodeJS.Signals): void {
    const now = performance.now();
    if (this.#first === undefined) {
      this.#first = { signal, at: now };
      this.#endBy(now + this.cleanUpMs);
      if (Number.isFinite(this.cleanUpMs) && this.cleanUpMs > CLEAN_UP_MS) {
        this.#explanation = setTimeout(explain, UNEXPLAINED_MS).unref();
      }
      this.#abort.abort(new Interrupted());
    } else if (now - this.#first.at > SAME_SIGNAL_MS && Number.isFinite(this.cleanUpMs)) {
      this.#endBy(Math.min(this.#endsAt, now + SECOND_CLEAN_UP_MS));
    }
  }

  #endBy(at: number): void {
    clearTimeout(this.#end);
    this.#endsAt = at;
    if (Number.isFinite(at)) {
      const end = (): void => {
        process.stderr.write('error: interrupted before the cleanup ended; check what this command left unfinished\n');
        // eslint-disable-next-line no-restricted-properties -- no caller is waiting any more
        process.exit(this.exitCode);
      };
      this.#end = setTimeout(end, at - performance.now()).unref();
    }
  }
}

function explain(): void {
  process.stderr.write('interrupted; finishing work that would be lost, and cleaning up (Ctrl-\\ ends this at once)\n');
}
