import { LONGEST_LIFE_SECONDS, notWebex, TemporarilyUnavailable } from '#core';
import { z } from 'zod';
import { askForTokens, DEVICE_TOKEN_PATH, type DeviceQuestion, deviceRefusal, isPending } from './device-token';
import { DeviceGrantExpired, RequestRefused } from './grant-errors';
import { endpointUrl } from './oauth-request';
import { type Clock, MACHINE_CLOCK, retryingRequest, type WaitingLimits } from './retrying-request';
import { TokenPair } from './token-pair';

/**
 * Redirect URLs of Webex's own page, by region. An integration needs all of them beside its own. The URLs of Webex for
 * Government are not documented.
 *
 * @see https://developer.webex.com/docs/login-with-webex#device-authorization-endpoint
 */
export const DEVICE_REDIRECT_URLS: readonly string[] = ['a', 'r', 'k', 'd'].map(
  (region) => `https://oauth-helper-${region}.wbx2.com/helperservice/v1/actions/device/callback`,
);

export interface DeviceGrantOptions extends WaitingLimits {
  /** Base URL of the API, such as `https://webexapis.com/v1`. */
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
  // A terminal shows the code to people, and would obey control characters in it.
  user_code: z.string().regex(/^[\w-]{1,40}$/),
  verification_uri: address,
  verification_uri_complete: address.optional(),
  expires_in: z.number().positive().max(LONGEST_LIFE_SECONDS),
  // Webex is polled once a second at most, even if it allows a shorter interval.
  interval: z
    .number()
    .positive()
    .default(5)
    .transform((seconds) => Math.max(1, seconds)),
});

/**
 * A device authorization: the code to type, its page and its expiry. The device code is as secret as the tokens. It is
 * a private field, so printing the object does not show the code.
 */
export class DeviceGrant {
  readonly #deviceCode: string;
  /** Code of six digits that the person types. */
  readonly userCode: string;
  /** Page where the person types the code, in any browser. */
  readonly verificationUri: string;
  /** The same page with the code in its URL, for example for a QR code. @default - Webex gave none */
  readonly verificationUriComplete?: string;
  readonly expiresAt: Date;
  /** Shortest pause between two polls. */
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
 * A request for a code that a person confirms in any browser. The request needs no client secret.
 *
 * @see RFC 8628, section 3.1
 * @throws RequestRefused if client id, scopes or redirect URLs are not registered as requested; TemporarilyUnavailable,
 *   WebexResponseError (5xx) or WebexUnreachableError if the problem may pass; the signal's reason
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
      `check the integration in Webex's developer portal. It must have client id ${clientId}, the declared scopes and all redirect URLs of Webex's device grant (${DEVICE_REDIRECT_URLS.join(', ')}). Control Hub must allow it`,
    );
  }
  const { data } = deviceReply.safeParse(answer.json);
  if (data === undefined) {
    throw notWebex(apiUrl, path);
  }
  return new DeviceGrant(data, clientId, clock.now());
}

/**
 * Increase of the interval after a `slow_down`. Each further one in a row adds 5 s more than the one before. Webex's
 * own interval grows with each. A constant increase would stay below that interval after a lost answer.
 *
 * @see RFC 8628, section 3.5
 */
const SLOW_DOWN_MS = 5000;

/** Longest pause after a poll without an answer. Each such poll doubles the pause. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * Polls until the person accepts, as often as Webex allows. Polling continues while Webex cannot be reached. The last
 * poll is at the expiry of the code.
 *
 * @see RFC 8628, sections 3.4 and 3.5
 * @throws DeviceGrantDenied, DeviceGrantExpired, ClientRefused, RequestRefused; TemporarilyUnavailable if Webex asks
 *   for a pause beyond the expiry of the code; WebexUnreachableError if a success has no token pair; the signal's
 *   reason
 */
export async function awaitDeviceGrant(options: DeviceGrantWait): Promise<TokenPair> {
  const { apiUrl, grant, clientSecret, timeoutMs, signal, clock = MACHINE_CLOCK } = options;
  const { clientId, deviceCode, expiresAt } = grant;
  const question: DeviceQuestion = { apiUrl, clientId, clientSecret, deviceCode, timeoutMs, signal };
  let intervalMs = grant.intervalSeconds * 1000;
  let pauseMs = intervalMs;
  let slowDowns = 0;
  /** Error of a poll since the last pending answer. The lost answer may have been the token pair. */
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

/** @throws TemporarilyUnavailable if the code expires during the pause */
function refuseLongPause(pauseMs: number, { expiresAt }: DeviceGrant, clock: Clock): void {
  if (clock.now() + pauseMs > expiresAt.getTime()) {
    throw new TemporarilyUnavailable(
      `Webex asks for a pause of ${Math.ceil(pauseMs / 1000)} s (429 to ${DEVICE_TOKEN_PATH}), and the code expires before its end; nothing was changed: begin again after the pause`,
      pauseMs,
    );
  }
}
