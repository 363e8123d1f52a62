/** Logins that may begin at once. */
const BURST = 20;
/** Time after which one more login may begin. */
const PAUSE_MS = 3000;

/**
 * Limit of the logins that begin. Vault keeps a state for each of them, and nobody has to be known to begin one. So a flood
 * of requests fills neither Vault nor this process.
 */
export class LoginLimit {
  #left = BURST;
  #countedAt: number;

  /** @param now in milliseconds @default - the clock of the process */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.#countedAt = now();
  }

  /** @returns undefined if a login may begin, otherwise the seconds until the next one may */
  take(): number | undefined {
    const gained = Math.floor((this.now() - this.#countedAt) / PAUSE_MS);
    this.#left = Math.min(BURST, this.#left + gained);
    this.#countedAt += gained * PAUSE_MS;
    if (this.#left > 0) {
      this.#left -= 1;
      return undefined;
    }
    return Math.max(1, Math.ceil((this.#countedAt + PAUSE_MS - this.now()) / 1000));
  }
}
