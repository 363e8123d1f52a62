import { TemporarilyUnavailable, WebexResponseError } from '#core';
import { type Clock, MACHINE_CLOCK } from './clock';
import { type OAuthAnswer, type OAuthRequest, oauthRequest } from './oauth-request';

/** How often it is asked, where Webex answers that it is asked too much. */
const ATTEMPTS = 4;

/** Longest wait that Webex may ask for while somebody waits for us. */
const LONGEST_WAIT_MS = 60_000;

/** Where Webex does not say how long to wait, which it should. */
const DEFAULT_WAIT_MS = 5000;

/**
 * Asks, and waits as Webex says where it is asked too much: then it has done nothing. After any other trouble it may
 * have, and a code or a refresh token that is presented twice can end the grant, so that is left to the caller.
 *
 * @returns what Webex answers to it, a refusal too
 * @throws TemporarilyUnavailable, WebexResponseError where Webex answers 429 for long, or 5xx; WebexUnreachableError;
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

/** What says that it may go otherwise later. @default - it may not */
export function transientTrouble(
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
