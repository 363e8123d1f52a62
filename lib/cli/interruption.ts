import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';

/** Ctrl-C, the end asked for by another process, and the terminal being closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm and tsx pass on what the terminal has sent to this process already. */
const SAME_SIGNAL_MS = 500;

/** Long enough for an answer that brings a token, and for revoking it. */
const CLEAN_UP_MS = 12_000;

/** Long enough for a read that may be refreshing a token, and for a logout. */
const SECOND_CLEAN_UP_MS = 30_000;

/** A wait longer than this is explained, where it may be a long one. */
const UNEXPLAINED_MS = 1000;

/** Why an action ended that was interrupted. */
export class Interrupted extends Error {
  override name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}

/**
 * From the first signal on the action cleans up; a second one does not keep it from that. Either has its bound, after
 * which the process ends.
 */
export class Interruption implements Disposable {
  /**
   * How long the action may clean up after the first signal; after the second it is {@link SECOND_CLEAN_UP_MS} at most.
   * Infinite: the action sees to its end itself, whatever comes.
   */
  cleanUpMs = CLEAN_UP_MS;
  readonly #abort = new AbortController();
  readonly #handle = (signal: NodeJS.Signals): void => this.#receive(signal);
  #first?: { readonly signal: NodeJS.Signals; readonly at: number };
  #endsAt = Number.POSITIVE_INFINITY;
  #end?: NodeJS.Timeout;
  #explanation?: NodeJS.Timeout;

  constructor() {
    // Every step and every request listens, and none of them is a leak.
    setMaxListeners(0, this.#abort.signal);
    SIGNALS.forEach((signal) => void process.on(signal, this.#handle));
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** As a shell gives it: 128 and the number of the first signal; undefined where there was none. */
  get exitCode(): number | undefined {
    return this.#first && 128 + constants.signals[this.#first.signal];
  }

  /** Leaves signals to Node again. Not before the end: libraries that clean up at a signal then kill the process. */
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
        process.stderr.write('error: interrupted, and not waited for any longer; see what it has left half done\n');
        // eslint-disable-next-line no-restricted-properties -- there is nobody left to return to
        process.exit(this.exitCode);
      };
      this.#end = setTimeout(end, at - performance.now()).unref();
    }
  }
}

function explain(): void {
  process.stderr.write('interrupted; finishing what would be lost, and cleaning up (Ctrl-\\ ends this at once)\n');
}
