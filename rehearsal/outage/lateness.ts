import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebexSimulator } from '../webex/webex-simulator';

const PROBE_PAUSE_MS = 500;

type Part = 'event loop' | 'server' | 'simulated Webex' | 'schedule';

/**
 * How late the machine was at most, while a test ran whose outcome depends on real time.
 *
 * The event loop is measured by itself, servers by probes, and the simulated Webex by its log. A delay that a scenario
 * asks for is not late.
 */
export class Lateness implements AsyncDisposable {
  readonly #eventLoop = monitorEventLoopDelay({ resolution: 10 });
  readonly #stop = new AbortController();
  readonly #probes: Promise<void>[] = [];
  readonly #webexes: { readonly webex: WebexSimulator; readonly from: number }[] = [];
  readonly #late = new Map<Part, number>();
  #answersMs = Infinity;
  #scheduleMs = Infinity;

  constructor() {
    this.#eventLoop.enable();
  }

  /** Whether any part was later than its margin, so that an outcome does not count. */
  get isTooLate(): boolean {
    return [...this.#measured()].some(([part, ms]) => ms > this.#marginMs(part));
  }

  /** How late an answer may be: of the event loop, of a server, of the simulated Webex. The smallest margin counts. */
  allowAnswers(marginMs: number): void {
    this.#answersMs = Math.min(this.#answersMs, marginMs);
  }

  /** How late an action of the test may be. The smallest margin counts. */
  allowSchedule(marginMs: number): void {
    this.#scheduleMs = Math.min(this.#scheduleMs, marginMs);
  }

  /** Measures again and again how long an answer takes. Failed probes measure nothing. */
  probe(ask: () => Promise<unknown>): void {
    this.#probes.push(this.#probeOn(ask));
  }

  /** Measures every request that the simulated Webex answers from now on. */
  watch(webex: WebexSimulator): void {
    this.#webexes.push({ webex, from: webex.requests.length });
  }

  /** An action of the test takes place now. @param dueMs when it was due, by `performance.now()` */
  began(dueMs: number): void {
    this.#note('schedule', performance.now() - dueMs);
  }

  toString(): string {
    const parts = [...this.#measured()].map(
      ([part, ms]) => `${part} ${Math.round(ms)} ms late (margin ${Math.round(this.#marginMs(part))} ms)`,
    );
    return parts.join(', ');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#eventLoop.disable();
    this.#stop.abort();
    await Promise.all(this.#probes);
  }

  #marginMs(part: Part): number {
    return part === 'schedule' ? this.#scheduleMs : this.#answersMs;
  }

  #measured(): Map<Part, number> {
    this.#note('event loop', this.#eventLoop.max / 1e6);
    for (const { webex, from } of this.#webexes) {
      webex.requests.slice(from).forEach(({ lateMs }) => this.#note('simulated Webex', lateMs));
    }
    return this.#late;
  }

  #note(part: Part, ms: number): void {
    this.#late.set(part, Math.max(ms, this.#late.get(part) ?? 0));
  }

  async #probeOn(ask: () => Promise<unknown>): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const began = performance.now();
      const isAnswered = await ask().then(
        () => true,
        () => false,
      );
      if (isAnswered) {
        this.#note('server', performance.now() - began);
      }
      await sleep(PROBE_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
