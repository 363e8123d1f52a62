import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenSource } from 'webex-token-client';

const PAUSE_MS = 5;

/** Programs that repeatedly ask their TokenSource for the token. */
export class PollingReader {
  /** In milliseconds. */
  readonly waits: number[] = [];
  failed = 0;
  #isStopped = false;
  readonly #asking: Promise<unknown>;

  constructor(sources: readonly TokenSource[]) {
    this.#asking = Promise.all(sources.map((source) => this.#askOn(source)));
  }

  async stop(): Promise<this> {
    this.#isStopped = true;
    await this.#asking;
    return this;
  }

  async #askOn(source: TokenSource): Promise<void> {
    while (!this.#isStopped) {
      const asked = performance.now();
      await source.token().catch(() => (this.failed += 1));
      this.waits.push(performance.now() - asked);
      await sleep(PAUSE_MS);
    }
  }
}
