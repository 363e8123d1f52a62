import { setTimeout as sleep } from 'node:timers/promises';
import type { ScaledDays } from './scaled-days';

export interface Look {
  readonly severity: 'healthy' | 'attention' | 'broken';
  /** State such as "credential expired". Empty if all is healthy. */
  readonly state: string;
  /** Message for people. */
  readonly said: string;
}

export const NO_LOOK: Look = { severity: 'broken', state: 'no look', said: '' };

/** The time until a look reported a trouble. */
export interface Saying {
  readonly days: number;
  /** Number of that look, counted from 1 since the trouble began. */
  readonly looks: number;
}

/** Looks repeatedly, as monitoring does, and records when a look reported each trouble. */
export class Watch {
  readonly sayings: Saying[] = [];
  /** Number of troubles that ended before a look reported them. */
  unsaid = 0;
  readonly states = new Set<string>();
  latest: Look = { severity: 'healthy', state: '', said: '' };
  #begun = 0;
  #ended = 0;
  #trouble: { readonly since: number; readonly looksBefore: number } | undefined;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;

  constructor(
    private readonly days: ScaledDays,
    private readonly look: () => Promise<Look>,
    private readonly everyMs: number,
  ) {
    this.#loop = this.#lookOn();
  }

  begin(): void {
    this.#trouble ??= { since: this.days.now, looksBefore: this.#begun };
  }

  /** Trouble ends at Webex or Vault. */
  end(): void {
    if (this.#trouble !== undefined) {
      this.unsaid += 1;
      this.#trouble = undefined;
    }
  }

  /** The result of a look that begins from now on. */
  async fresh(): Promise<Look> {
    const target = this.#begun + 1;
    while (this.#ended < target && !this.#stop.signal.aborted) {
      await sleep(this.everyMs / 5);
    }
    return this.latest;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #lookOn(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#begun += 1;
      const number = this.#begun;
      this.latest = await this.look();
      this.#ended = number;
      if (this.latest.severity !== 'healthy') {
        this.states.add(this.latest.state);
        const trouble = this.#trouble;
        // An earlier look may see the trouble by chance.
        if (trouble !== undefined) {
          const looks = Math.max(1, number - trouble.looksBefore);
          this.sayings.push({ days: this.days.now - trouble.since, looks });
          this.#trouble = undefined;
        }
      }
      await sleep(this.everyMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }
}
