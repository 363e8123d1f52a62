import type { Clock } from '../../../lib/webex/retrying-request';

/** A clock for a simulator and its clients. Time passes only by waiting. */
export class SimulatedClock implements Clock {
  /** Each wait, in seconds. */
  readonly waits: number[] = [];
  /** Events that happen once that much time has passed since the beginning. */
  readonly #events: { readonly atMs: number; readonly happen: () => unknown }[] = [];
  readonly #beganMs = Date.UTC(2026, 0, 1);
  #nowMs = this.#beganMs;

  now = (): number => this.#nowMs;

  at(seconds: number, happen: () => unknown): void {
    this.#events.push({ atMs: this.#beganMs + seconds * 1000, happen });
  }

  async wait(delayMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.waits.push(delayMs / 1000);
    const untilMs = this.#nowMs + delayMs;
    for (;;) {
      const index = this.#events.findIndex(({ atMs }) => atMs <= untilMs);
      const [event] = index < 0 ? [] : this.#events.splice(index, 1);
      if (event === undefined) {
        break;
      }
      this.#nowMs = Math.max(this.#nowMs, event.atMs);
      await event.happen();
      signal?.throwIfAborted();
    }
    this.#nowMs = untilMs;
  }
}
