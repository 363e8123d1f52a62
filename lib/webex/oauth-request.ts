import { notWebex, parseJson, retryAfterMs, safeText } from '#core';
import { z } from 'zod';
import { exchange, type RequestLimits } from './http-exchange';

/** A request to an endpoint that issues codes or tokens. */
export interface OAuthRequest extends RequestLimits {
  readonly url: string;
  /** End of the URL, for error messages, such as `access_token`. */
  readonly path: string;
  /** Fields of the body: a form, or JSON if `as` is `json`. */
  readonly fields: Readonly<Record<string, string>>;
  /** @default 'form' */
  readonly as?: 'form' | 'json';
  /** Value of the `Authorization` header. @default - no such header */
  readonly authorization?: string;
  /** Sent values that no error may quote. */
  readonly secrets: readonly string[];
}

export interface OAuthAnswer {
  readonly status: number;
  /** Parsed body of a success. @default - a refusal, or no JSON */
  readonly json?: unknown;
  /** OAuth's error code, such as `invalid_grant`. @default - Webex sent only a message of its own */
  readonly code?: string;
  /** Webex's own message, without secrets and without its tracking id. */
  readonly said: string;
  /** Id that Webex's support asks for. */
  readonly trackingId?: string;
  /** Pause that Webex asks for. @default - none */
  readonly retryAfterMs?: number;
}

const word = z.string().optional().catch(undefined);

const refusalReply = z
  .object({
    /** Field of RFC 6749. */
    error: word,
    error_description: word,
    /** Field of Webex's other errors. */
    message: word,
    errors: z
      .array(z.object({ description: word }))
      .optional()
      .catch(undefined),
    trackingId: word,
  })
  .catch({});

/** @see RFC 6749, section 5.2, and RFC 8628, section 3.5 */
const CODES =
  /\b(?:invalid_(?:request|client|grant|scope)|unauthorized_client|unsupported_grant_type|access_denied|expired_token|authorization_pending|slow_down)\b/;

/** Webex's status for a pending device code, with any body. */
const PENDING = 428;

/**
 * One request to such an endpoint. A refusal is an answer too, because only the caller knows its meaning.
 *
 * @throws WebexUnreachableError if there is no answer, or one of another server; the signal's reason
 */
export async function oauthRequest(request: OAuthRequest): Promise<OAuthAnswer> {
  const { url, path, fields, as = 'form', authorization, timeoutMs, signal } = request;
  const apiUrl = apiUrlOf(request);
  const isJson = as === 'json';
  const headers = {
    'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
    ...(authorization === undefined ? {} : { authorization }),
  };
  const body = isJson ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
  const sent = { method: 'POST', url: new URL(url), headers, body, apiUrl, timeoutMs, signal } as const;
  return exchange(sent, ({ status, headers: { 'retry-after': wait }, text }) => {
    const json = parseJson(text);
    if (status >= 200 && status < 300) {
      return { status, json, said: 'no message' };
    }
    const reply = refusalReply.parse(json);
    const isWordless = reply.error === undefined && reply.message === undefined;
    if (status < 400 || (isWordless && status < 500 && status !== 429 && status !== PENDING)) {
      throw notWebex(apiUrl, path);
    }
    return { status, ...refusalIn(reply, request), retryAfterMs: retryAfterMs(wait) };
  });
}

/** Base URL of the API, for error messages. */
export function apiUrlOf({ url, path }: Pick<OAuthRequest, 'url' | 'path'>): string {
  return url.endsWith(`/${path}`) ? url.slice(0, -path.length - 1) : url;
}

/** @param apiUrl such as `https://webexapis.com/v1`, with or without a slash at its end */
export function endpointUrl(apiUrl: string, path: string): string {
  return `${apiUrl.replace(/\/+$/, '')}/${path}`;
}

/** Both halves are form-encoded before they are joined. @see RFC 6749, section 2.3.1 */
export function basicAuthorization(clientId: string, clientSecret: string): string {
  const halves = [clientId, clientSecret].map((half) => encodeURIComponent(half));
  return `Basic ${Buffer.from(halves.join(':')).toString('base64')}`;
}

function refusalIn(
  { error, error_description: description, message, errors = [], trackingId }: z.infer<typeof refusalReply>,
  { secrets, authorization }: OAuthRequest,
): Pick<OAuthAnswer, 'code' | 'said' | 'trackingId'> {
  const sent = authorization === undefined ? [] : [authorization.replace(/^\S+ /, '')];
  const details = errors.map((each) => each.description).filter((each) => each !== undefined && each !== message);
  const words = description ?? message ?? error ?? 'no message';
  const whole = [words, ...new Set(description === undefined ? details : [])].join(': ');
  const hidden = [...secrets, ...sent, ...(trackingId === undefined ? [] : [trackingId])];
  return {
    code: error ?? CODES.exec(whole)?.[0],
    said: safeText(whole, hidden).replace(/\.$/, ''),
    trackingId: trackingId === undefined ? undefined : safeText(trackingId, [...secrets, ...sent]),
  };
}
