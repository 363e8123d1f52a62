import { setTimeout as sleep } from 'node:timers/promises';
import { TemporarilyUnavailable, timerMs, WebexResponseError } from '#core';
import type { RequestLimits } from './http-exchange';
import { type OAuthAnswer, type OAuthRequest, oauthRequest } from './oauth-request';

/** Source of the time and of pauses. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** @throws the signal's reason, at once if the signal is already aborted */
  wait(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Limits of requests that are repeated. */
export interface WaitingLimits extends RequestLimits {
  /** Clock of the pauses. @default - the machine's clock */
  readonly clock?: Clock;
}

export const MACHINE_CLOCK: Clock = {
  now: () => Date.now(),
  wait: async (delayMs, signal) => {
    await sleep(timerMs(delayMs), undefined, { signal }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  },
};

/** Number of attempts if Webex answers 429. */
const ATTEMPTS = 4;

/** Longest pause that Webex may ask for. A person may be waiting meanwhile. */
const LONGEST_WAIT_MS = 60_000;

/** Pause after a 429 without `Retry-After`, which Webex should send. */
const DEFAULT_WAIT_MS = 5000;

/**
 * A request that is repeated after a 429, with the pause that Webex asks for. Webex has not acted on a request that
 * gets a 429. After any other error, Webex may have acted. A code or a refresh token that is presented twice can lose the
 * grant, so the caller decides.
 *
 * @returns Webex's answer, which may be a refusal
 * @throws TemporarilyUnavailable, WebexResponseError if Webex answers 429 repeatedly, or 5xx; WebexUnreachableError;
 *   the signal's reason
 */
export async function retryingRequest(request: OAuthRequest, clock: Clock = MACHINE_CLOCK): Promise<OAuthAnswer> {
  const { path, signal } = request;
  for (let tried = 1; ; tried++) {
    const answer = await oauthRequest(request);
    const { status, said, trackingId, retryAfterMs } = answer;
    const isLimited = status === 429;
    if (!isLimited && status < 500) {
      return answer;
    }
    const waitMs = retryAfterMs ?? DEFAULT_WAIT_MS;
    if (!isLimited || tried >= ATTEMPTS || waitMs > LONGEST_WAIT_MS) {
      throw isLimited && retryAfterMs !== undefined
        ? new TemporarilyUnavailable(
            `Webex answered 429 to ${path}: ${said}; it asks for a pause of ${Math.ceil(retryAfterMs / 1000)} s: run the command again after that`,
            retryAfterMs,
          )
        : new WebexResponseError(path, status, said, trackingId);
    }
    await clock.wait(waitMs, signal);
  }
}
