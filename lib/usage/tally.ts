import type { ReadOutcome } from './audit-line';
import type { RequestOutcome } from './request-line';

/** Seconds since 1970. Whole numbers take less memory than milliseconds, and there may be a million tallies. */
type Seconds = number;

/** Uses of one credential by one reader. The order in which they are added changes nothing. */
export class Tally {
  /** Reads that gave a token. */
  reads = 0;
  /** Reads that Vault refused. */
  refused = 0;
  /** Reads that Vault permitted, while the engine had no token. */
  failed = 0;
  /** The first and the last read of all lines, also before the period. */
  firstRead?: Seconds;
  lastRead?: Seconds;
  /** Requests that a proxy sent to Webex. */
  requests = 0;
  /** Requests that a proxy refused by its key, its rules or its checks. */
  requestsRefused = 0;
  /** Requests that a proxy could not send, because Vault or Webex gave no answer. */
  requestsFailed = 0;
  firstRequest?: Seconds;
  lastRequest?: Seconds;

  /** @param time in milliseconds @param isCounted whether it is in the period */
  addRead(outcome: ReadOutcome, time: number, isCounted: boolean): void {
    const counted = isCounted ? 1 : 0;
    switch (outcome) {
      case 'read': {
        const second = Math.floor(time / 1000);
        this.reads += counted;
        this.firstRead = Math.min(this.firstRead ?? second, second);
        this.lastRead = Math.max(this.lastRead ?? second, second);
        break;
      }
      case 'refused':
        this.refused += counted;
        break;
      case 'failed':
        this.failed += counted;
    }
  }

  /** @param time in milliseconds @param isCounted whether it is in the period */
  addRequest(outcome: RequestOutcome, time: number, isCounted: boolean): void {
    const counted = isCounted ? 1 : 0;
    switch (outcome) {
      case 'sent': {
        const second = Math.floor(time / 1000);
        this.requests += counted;
        this.firstRequest = Math.min(this.firstRequest ?? second, second);
        this.lastRequest = Math.max(this.lastRequest ?? second, second);
        break;
      }
      case 'refused':
        this.requestsRefused += counted;
        break;
      case 'failed':
        this.requestsFailed += counted;
    }
  }
}
