import { LONGEST_LIFE_SECONDS, notWebex, TemporarilyUnavailable } from '#core';
import { z } from 'zod';
import { type Clock, MACHINE_CLOCK, type WaitingLimits } from './clock';
import { askForTokens, DEVICE_TOKEN_PATH, type DeviceQuestion, deviceRefusal, isPending } from './device-token';
import { DeviceGrantExpired, RequestRefused } from './grant-errors';
import { endpointUrl } from './oauth-request';
import { retryingRequest } from './retrying-request';
import { TokenPair } from './token-pair';

/**
 * Redirect URLs of Webex's own page, by region. An integration needs all of them beside its own. Those of Webex for Government
 * are not documented.
 *
 * @see https://developer.webex.com/docs/login-with-webex#device-authorization-endpoint
 */
export const DEVICE_REDIRECT_URLS: readonly string[] = ['a', 'r', 'k', 'd'].map(
  (region) => `https://oauth-helper-${region}.wbx2.com/helperservice/v1/actions/device/callback`,
);

export interface DeviceGrantOptions extends WaitingLimits {
  /** Such as `https://webexapis.com/v1`. */
  readonly apiUrl: string;
}

export interface DeviceGrantRequest extends DeviceGrantOptions {
  readonly clientId: string;
  readonly scopes: readonly string[];
}

export interface DeviceGrantWait extends DeviceGrantOptions {
  readonly grant: DeviceGrant;
  readonly clientSecret: string;
}

const address = z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).href);

const deviceReply = z.object({
  device_code: z.string().min(1),
  // Shown to people, by a terminal that obeys other characters.
  user_code: z.string().regex(/^[\w-]{1,40}$/),
  verification_uri: address,
  verification_uri_complete: address.optional(),
  expires_in: z.number().positive().max(LONGEST_LIFE_SECONDS),
  // Nobody is asked more often than once a second, whatever they say.
  interval: z
    .number()
    .positive()
    .default(5)
    .transform((seconds) => Math.max(1, seconds)),
});

/** What a person types where, and until when. Its device code is as good as the tokens, and so no property. */
export class DeviceGrant {
  readonly #deviceCode: string;
  /** Six digits. */
  readonly userCode: string;
  /** Where it is typed, in any browser. */
  readonly verificationUri: string;
  /** The same with the code in it, such as for a QR code. @default - Webex gave none */
  readonly verificationUriComplete?: string;
  readonly expiresAt: Date;
  /** Shortest pause between two questions. */
  readonly intervalSeconds: number;

  constructor(
    reply: z.infer<typeof deviceReply>,
    readonly clientId: string,
    nowMs: number,
  ) {
    this.#deviceCode = reply.device_code;
    this.userCode = reply.user_code;
    this.verificationUri = reply.verification_uri;
    this.verificationUriComplete = reply.verification_uri_complete;
    this.expiresAt = new Date(nowMs + reply.expires_in * 1000);
    this.intervalSeconds = reply.interval;
  }

  get deviceCode(): string {
    return this.#deviceCode;
  }
}

/**
 * Asks Webex for a code that a person confirms in a browser, anywhere. No secret is needed for that.
 *
 * @see RFC 8628, section 3.1
 * @throws RequestRefused where client id, scopes or redirect URLs are not registered so; TemporarilyUnavailable,
 *   WebexResponseError (5xx) or WebexUnreachableError where it may go otherwise later; the signal's reason
 */
export async function beginDeviceGrant(options: DeviceGrantRequest): Promise<DeviceGrant> {
  const { apiUrl, clientId, scopes, timeoutMs, signal, clock = MACHINE_CLOCK } = options;
  const path = 'device/authorize';
  const fields = { client_id: clientId, scope: scopes.join(' ') };
  const request = { url: endpointUrl(apiUrl, path), path, fields, secrets: [], timeoutMs, signal };
  const answer = await retryingRequest(request, clock);
  if (answer.status >= 300) {
    throw new RequestRefused(
      path,
      answer,
      `check that client id ${clientId} and the scopes are the integration's in Webex's developer portal, that all redirect URLs of Webex's device grant are registered there (${DEVICE_REDIRECT_URLS.join(', ')}), and that Control Hub allows it`,
    );
  }
  const { data } = deviceReply.safeParse(answer.json);
  if (data === undefined) {
    throw notWebex(apiUrl, path);
  }
  return new DeviceGrant(data, clientId, clock.now());
}

/**
 * What a `slow_down` adds to the interval, and each further one in a row that much more: Webex's own interval grows with
 * each, and where an answer was lost, ours would stay behind it for ever.
 *
 * @see RFC 8628, section 3.5
 */
const SLOW_DOWN_MS = 5000;

/** Longest pause after a question that got no answer; each such question doubles it. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * Waits until the person has accepted. It asks as often as Webex allows, goes on while Webex cannot be reached, and asks
 * for the last time when the code expires.
 *
 * @see RFC 8628, sections 3.4 and 3.5
 * @throws DeviceGrantDenied, DeviceGrantExpired, ClientRefused, RequestRefused; TemporarilyUnavailable where Webex asks to
 *   be left alone for longer than the code is good; WebexUnreachableError where what it answers is no token pair; the
 *   signal's reason
 */
export async function awaitDeviceGrant(options: DeviceGrantWait): Promise<TokenPair> {
  const { apiUrl, grant, clientSecret, timeoutMs, signal, clock = MACHINE_CLOCK } = options;
  const { clientId, deviceCode, expiresAt } = grant;
  const question: DeviceQuestion = { apiUrl, clientId, clientSecret, deviceCode, timeoutMs, signal };
  let intervalMs = grant.intervalSeconds * 1000;
  let pauseMs = intervalMs;
  let slowDowns = 0;
  /** Why it cannot be known what Webex has answered since it said that nobody had accepted yet. */
  let unseen: string | undefined;
  for (;;) {
    const leftMs = Math.max(0, expiresAt.getTime() - clock.now());
    const isLast = pauseMs >= leftMs;
    await clock.wait(Math.min(pauseMs, leftMs), signal);
    const answer = await askForTokens(question);
    if (answer instanceof TokenPair) {
      return answer;
    }
    if (answer instanceof Error) {
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      unseen = answer.message;
    } else if (answer.status === 429) {
      pauseMs = Math.max(intervalMs, answer.retryAfterMs ?? 0);
      refuseLongPause(pauseMs, grant, clock);
    } else if (isPending(answer)) {
      slowDowns = answer.code === 'slow_down' ? slowDowns + 1 : 0;
      intervalMs += slowDowns * SLOW_DOWN_MS;
      pauseMs = intervalMs;
      unseen = undefined;
    } else {
      throw await deviceRefusal(answer, question, unseen);
    }
    if (isLast) {
      throw new DeviceGrantExpired(unseen);
    }
  }
}

/** @throws TemporarilyUnavailable where the code is good no more after that */
function refuseLongPause(pauseMs: number, { expiresAt }: DeviceGrant, clock: Clock): void {
  if (clock.now() + pauseMs > expiresAt.getTime()) {
    throw new TemporarilyUnavailable(
      `Webex asks to be left alone for ${Math.ceil(pauseMs / 1000)} s (429 to ${DEVICE_TOKEN_PATH}), and the code expires before that; nothing was changed: begin again after that`,
      pauseMs,
    );
  }
}
