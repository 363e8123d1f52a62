import { TemporarilyUnavailable, WebexResponseError } from '#core';
import { type Clock, MACHINE_CLOCK } from './clock';
import { type OAuthAnswer, type OAuthRequest, oauthRequest } from './oauth-request';

/** Number of attempts if Webex answers 429. */
const ATTEMPTS = 4;

/** Longest pause that Webex may ask for. A person may be waiting meanwhile. */
const LONGEST_WAIT_MS = 60_000;

/** Pause after a 429 without `Retry-After`, which Webex should send. */
const DEFAULT_WAIT_MS = 5000;

/**
 * A request that is repeated after a 429, with the pause that Webex asks for. Webex has not acted on a request that
 * gets a 429. After any other error Webex may have acted. A code or a refresh token that is presented twice can end the
 * grant, so the caller decides then.
 *
 * @returns Webex's answer, which may be a refusal
 * @throws TemporarilyUnavailable, WebexResponseError if Webex answers 429 repeatedly, or 5xx; WebexUnreachableError;
 *   the signal's reason
 */
export async function retryingRequest(request: OAuthRequest, clock: Clock = MACHINE_CLOCK): Promise<OAuthAnswer> {
  for (let tried = 1; ; tried++) {
    const answer = await oauthRequest(request);
    const trouble = transientTrouble(answer, request.path);
    if (trouble === undefined) {
      return answer;
    }
    const { status, retryAfterMs = DEFAULT_WAIT_MS } = answer;
    if (status !== 429 || tried >= ATTEMPTS || retryAfterMs > LONGEST_WAIT_MS) {
      throw trouble;
    }
    await clock.wait(retryAfterMs, request.signal);
  }
}

/** Error of an answer that may differ later. @returns undefined for any other answer */
function transientTrouble(
  { status, said, trackingId, retryAfterMs }: OAuthAnswer,
  path: string,
): TemporarilyUnavailable | WebexResponseError | undefined {
  if (status === 429 && retryAfterMs !== undefined) {
    const seconds = Math.ceil(retryAfterMs / 1000);
    return new TemporarilyUnavailable(
      `Webex answered 429 to ${path}: ${said}; it asks to be left alone for ${seconds} s: run it again after that`,
      retryAfterMs,
    );
  }
  return status === 429 || status >= 500 ? new WebexResponseError(path, status, said, trackingId) : undefined;
}
