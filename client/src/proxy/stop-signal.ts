const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Wait after which a line explains it. */
const UNEXPLAINED_MS = 1000;

/** The signal that ends a proxy. Further ones change nothing, because npx passes on what the terminal has sent already. */
export class StopSignal implements Disposable {
  /** Fulfilled by the first signal. */
  readonly received: Promise<void>;
  #explanation?: NodeJS.Timeout;
  #isReceived = false;
  #receive: () => void = () => undefined;

  constructor() {
    this.received = new Promise((resolve) => {
      this.#receive = () => {
        if (!this.#isReceived) {
          this.#isReceived = true;
          this.#explanation = setTimeout(explain, UNEXPLAINED_MS).unref();
          resolve();
        }
      };
    });
    SIGNALS.forEach((signal) => process.on(signal, this.#receive));
  }

  get isReceived(): boolean {
    return this.#isReceived;
  }

  /** Leaves signals to Node again. */
  [Symbol.dispose](): void {
    clearTimeout(this.#explanation);
    SIGNALS.forEach((signal) => process.off(signal, this.#receive));
  }
}

function explain(): void {
  process.stderr.write('ending; requests have up to 10 s to end, and Vault up to 25 s (Ctrl-\\ ends this at once)\n');
}
