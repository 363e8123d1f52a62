import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Wait after which a line explains it. */
const UNEXPLAINED_MS = 1000;

/** The signal that ends a proxy. Further ones change nothing, because npx passes on what the terminal has sent already. */
export class StopSignal implements Disposable {
  /** Fulfilled by the first signal. */
  readonly received: Promise<void>;
  #explanation?: NodeJS.Timeout;
  #first?: NodeJS.Signals;
  #receive: (signal: NodeJS.Signals) => void = () => undefined;

  /** @param explanation line for a person who still waits a second after the signal */
  constructor(private explanation?: string) {
    this.received = new Promise((resolve) => {
      this.#receive = (signal) => {
        if (this.#first === undefined) {
          this.#first = signal;
          this.#explanation = setTimeout(() => this.#explain(), UNEXPLAINED_MS).unref();
          resolve();
        }
      };
    });
    SIGNALS.forEach((signal) => process.on(signal, this.#receive));
  }

  get isReceived(): boolean {
    return this.#first !== undefined;
  }

  /** Exit code of a process that the signal ended, as a shell reports it. @default - no signal was received */
  get exitCode(): number | undefined {
    return this.#first === undefined ? undefined : 128 + constants.signals[this.#first];
  }

  /** Lets a later signal be without an explanation, because another program decides what it does. */
  silence(): void {
    this.explanation = undefined;
  }

  /** Leaves signals to Node again. */
  [Symbol.dispose](): void {
    clearTimeout(this.#explanation);
    SIGNALS.forEach((signal) => process.off(signal, this.#receive));
  }

  #explain(): void {
    if (this.explanation !== undefined) {
      process.stderr.write(`${this.explanation}\n`);
    }
  }
}
