import type { Socket } from 'node:net';

/** Limits of a silence, in milliseconds. */
export interface SilenceLimits {
  /** Before the first byte of a connection. */
  readonly connectMs: number;
  readonly silenceMs: number;
}

/** The time in which the connection to the upstream has carried nothing. */
export class Silence {
  #traffic = 0;
  #since: number;

  /** @param now as `performance.now()` */
  constructor(now: number) {
    this.#since = now;
  }

  /** Whether the silence exceeds its limit. Without a connection yet, there is no silence. */
  isOver(sent: { readonly socket: Socket | null } | undefined, now: number, limits: SilenceLimits): boolean {
    const traffic = (sent?.socket?.bytesRead ?? 0) + (sent?.socket?.bytesWritten ?? 0);
    if (sent === undefined || traffic !== this.#traffic) {
      this.#traffic = traffic;
      this.#since = now;
      return false;
    }
    return now - this.#since > (traffic === 0 ? limits.connectMs : limits.silenceMs);
  }
}
