import { type ExplainedError, notWebex, TemporarilyUnavailable, WebexUnreachableError } from 'webex-token-client/core';
import { z } from 'zod';
import { type Clock, MACHINE_CLOCK } from './clock';
import { ClientRefused, DeviceGrantDenied, DeviceGrantExpired, RequestRefused } from './grant-errors';
import { basicAuthorization, endpointUrl, type OAuthAnswer, oauthRequest } from './oauth-request';
import { passingTrouble, patientRequest } from './patient-request';
import { secretVerdict } from './token-endpoint';
import { TokenPair } from './token-pair';

/**
 * Where Webex's own page goes back to, by region; an integration needs all of them beside its own.
 *
 * @see https://developer.webex.com/docs/login-with-webex#device-authorization-endpoint
 */
export const DEVICE_REDIRECT_URLS: readonly string[] = ['a', 'r', 'k', 'd'].map(
  (region) => `https://oauth-helper-${region}.wbx2.com/helperservice/v1/actions/device/callback`,
);

export interface DeviceGrantOptions {
  /** Such as `https://webexapis.com/v1`. */
  readonly apiUrl: string;
  /** Longest wait for an answer. @default 30000 */
  readonly timeoutMs?: number;
  /** Ends a request and the waiting. @default - none */
  readonly signal?: AbortSignal;
  /** What waiting goes by. @default - the machine's clock */
  readonly clock?: Clock;
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
  expires_in: z.number().positive(),
  interval: z.number().positive().default(5),
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
  const answer = await patientRequest(request, clock);
  if (answer.status >= 300) {
    throw new RequestRefused(
      path,
      answer,
      `check that client id ${clientId} and the scopes are the integration's at developer.webex.com, that all redirect URLs of Webex's device grant are registered there (${DEVICE_REDIRECT_URLS.join(', ')}), and that Control Hub allows it`,
    );
  }
  const { data } = deviceReply.safeParse(answer.json);
  if (data === undefined) {
    throw notWebex(apiUrl, path);
  }
  return new DeviceGrant(data, clientId, clock.now());
}

const PATH = 'device/token';

/** What Webex's `slow_down` adds to the interval. @see RFC 8628, section 3.5 */
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
  const { grant, signal, clock = MACHINE_CLOCK } = options;
  let intervalMs = grant.intervalSeconds * 1000;
  let pauseMs = intervalMs;
  for (;;) {
    const leftMs = Math.max(0, grant.expiresAt.getTime() - clock.now());
    const isLast = pauseMs >= leftMs;
    await clock.wait(Math.min(pauseMs, leftMs), signal);
    const answer = await ask(options);
    const unseen = typeof answer === 'string' ? answer : passingTrouble(answer, PATH)?.message;
    if (typeof answer === 'string' || answer.status >= 500) {
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    } else if (answer.status === 429) {
      pauseMs = Math.max(intervalMs, answer.retryAfterMs ?? 0);
      refuseLongPause(pauseMs, grant, clock);
    } else if (answer.status < 300) {
      return pairIn(answer, options);
    } else {
      await throwUnlessPending(answer, options);
      intervalMs += answer.code === 'slow_down' ? SLOW_DOWN_MS : 0;
      pauseMs = intervalMs;
    }
    if (isLast) {
      throw new DeviceGrantExpired(unseen);
    }
  }
}

/** @returns why there is no answer, where there is none */
async function ask({ apiUrl, grant, clientSecret, timeoutMs, signal }: DeviceGrantWait): Promise<OAuthAnswer | string> {
  const { deviceCode, clientId } = grant;
  try {
    return await oauthRequest({
      url: endpointUrl(apiUrl, PATH),
      path: PATH,
      fields: {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: deviceCode,
        client_id: clientId,
      },
      authorization: basicAuthorization(clientId, clientSecret),
      secrets: [clientSecret, deviceCode],
      timeoutMs,
      signal,
    });
  } catch (error) {
    if (error instanceof WebexUnreachableError) {
      return error.message;
    }
    throw error;
  }
}

function pairIn({ json }: OAuthAnswer, { apiUrl }: DeviceGrantWait): TokenPair {
  const pair = TokenPair.from(json);
  if (pair === undefined) {
    throw notWebex(apiUrl, PATH);
  }
  return pair;
}

function refuseLongPause(pauseMs: number, { expiresAt }: DeviceGrant, clock: Clock): void {
  if (clock.now() + pauseMs > expiresAt.getTime()) {
    throw new TemporarilyUnavailable(
      `Webex asks to be left alone for ${Math.ceil(pauseMs / 1000)} s (429 to ${PATH}), and the code expires before that; nothing was changed: begin again after that`,
      pauseMs,
    );
  }
}

async function throwUnlessPending(answer: OAuthAnswer, options: DeviceGrantWait): Promise<void> {
  const { status, code } = answer;
  if (status === 428 || code === 'authorization_pending' || code === 'slow_down') {
    return;
  }
  throw await refusal(answer, options);
}

async function refusal(answer: OAuthAnswer, options: DeviceGrantWait): Promise<ExplainedError> {
  const { apiUrl, grant, clientSecret, timeoutMs, signal } = options;
  const { clientId } = grant;
  switch (answer.code) {
    case 'access_denied':
      return new DeviceGrantDenied(answer);
    // Webex documents the second for a code that is no good any more, RFC 8628 the first.
    case 'expired_token':
    case 'invalid_grant':
      return new DeviceGrantExpired();
    case 'invalid_client':
      return new ClientRefused(clientId, answer);
    case undefined: {
      const tokenUrl = endpointUrl(apiUrl, 'access_token');
      const verdict = await secretVerdict({ tokenUrl, clientId, clientSecret, timeoutMs, signal });
      return verdict === 'refused' ? new ClientRefused(clientId, answer) : new RequestRefused(PATH, answer);
    }
    default:
      return new RequestRefused(PATH, answer);
  }
}
