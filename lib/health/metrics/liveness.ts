/** A look at 1,000 grants takes up to 50 minutes if Webex is silent: 16 grants at a time, and up to 48 s for each. */
export const LONGEST_LOOK_SECONDS = 3600;

export interface Health {
  readonly isAlive: boolean;
  /** One line. */
  readonly detail: string;
}

/** Tells whether regular looks go on. Their results do not count, so a failed look is a sign of life too. */
export class Liveness {
  #lastSignAt: number;

  /**
   * @param intervalMs time from the start of one look to the start of the next
   * @param now clock that nobody sets, in milliseconds
   */
  constructor(
    private readonly intervalMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#lastSignAt = now();
  }

  /** Notes the end of a look. */
  lookEnded(): void {
    this.#lastSignAt = this.now();
  }

  get health(): Health {
    const silentMs = this.now() - this.#lastSignAt;
    return silentMs <= this.intervalMs + LONGEST_LOOK_SECONDS * 1000
      ? { isAlive: true, detail: 'ok' }
      : { isAlive: false, detail: `stuck: no look has ended for ${Math.floor(silentMs / 1000)} s` };
  }
}
