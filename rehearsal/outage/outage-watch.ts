import { setTimeout as sleep } from 'node:timers/promises';
import type { ScaledDays } from './scaled-days';

export interface Look {
  readonly severity: 'healthy' | 'attention' | 'broken';
  /** What it is, such as "credential expired". Empty where all is well. */
  readonly state: string;
  /** The same at length, as people are shown it. */
  readonly said: string;
}

/** How long it took until it was said that there is trouble. */
export interface Saying {
  readonly days: number;
  /** Which of the looks that began after the trouble did told of it: 1 is the first. */
  readonly looks: number;
}

/** Looks again and again, as monitoring does, and keeps when it told of each trouble. */
export class Watch {
  /** One for each trouble that was said. */
  readonly sayings: Saying[] = [];
  /** Troubles that ended before they were said. */
  unsaid = 0;
  /** All that was said, each once. */
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

  /** Trouble begins now. */
  begin(): void {
    this.#trouble ??= { since: this.days.now, looksBefore: this.#begun };
  }

  /** The trouble is over, as far as Webex and Vault go. */
  end(): void {
    if (this.#trouble !== undefined) {
      this.unsaid += 1;
      this.#trouble = undefined;
    }
  }

  /** A look that begins after this was called. */
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
        // A look that had begun before may have seen it by chance.
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
