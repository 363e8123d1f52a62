import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebexSimulator } from '../webex/webex-simulator';

const PROBE_PAUSE_MS = 500;

type Part = 'event loop' | 'server' | 'simulated Webex' | 'schedule';

/**
 * The machine's largest delays during a test that depends on real time.
 *
 * The event loop measures itself, probes measure servers, and the log measures the simulated Webex. A scenario's own delay
 * does not count.
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

  /** Whether any part exceeded its margin, so the outcome does not count. */
  get isTooLate(): boolean {
    return [...this.#measured()].some(([part, ms]) => ms > this.#marginMs(part));
  }

  /** Margin of the event loop, servers and the simulated Webex. The smallest margin counts. */
  allowAnswers(marginMs: number): void {
    this.#answersMs = Math.min(this.#answersMs, marginMs);
  }

  /** Margin of the test's own actions. The smallest margin counts. */
  allowSchedule(marginMs: number): void {
    this.#scheduleMs = Math.min(this.#scheduleMs, marginMs);
  }

  /** Measures an answer's duration repeatedly. Failed probes are ignored. */
  probe(ask: () => Promise<unknown>): void {
    this.#probes.push(this.#probeOn(ask));
  }

  /** Measures the simulated Webex's answers from now on. */
  watch(webex: WebexSimulator): void {
    this.#webexes.push({ webex, from: webex.requests.length });
  }

  /** An action of the test happens now. @param dueMs its scheduled time, by `performance.now()` */
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
