import { type ErrorCode, ExplainedError } from './explained-error';
import { parseJson } from './http/json';
import { NetworkError } from './http/network-error';
import { safeText } from './safe-text';

/**
 * The refused part of an OAuth request: the grant (or its code), the client, or the request itself.
 *
 * The engine tries each client secret of an integration. `invalid_grant` in its words means that Webex accepted one of
 * them and refused the grant.
 *
 * @param said the engine's words, with error codes of RFC 6749
 * @returns undefined if Webex refused nothing
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-5.2
 */
export function whatWebexRefused(said: string): 'grant' | 'client' | 'request' | undefined {
  const codes = Array.from(said.matchAll(/server rejected request: (\w+)/g), ([, code]) => code ?? '');
  if (codes.includes('invalid_grant')) {
    return 'grant';
  }
  if (said.includes('missing client secret') || codes.some((code) => CLIENT_CODES.includes(code))) {
    return 'client';
  }
  return codes.length > 0 ? 'request' : undefined;
}

const CLIENT_CODES = ['invalid_client', 'unauthorized_client'];

/**
 * Thrown if Webex refused a request. `statusCode` decides the next step: 401 is an invalid token, 403 a missing scope or
 * role, and 429 or more may pass.
 */
export class WebexResponseError extends ExplainedError {
  override name = 'WebexResponseError';
  override readonly code: ErrorCode = 'ERR_WEBEX_RESPONSE';

  constructor(
    readonly path: string,
    readonly statusCode: number,
    /** Message of Webex, without secrets. */
    readonly said: string,
    /** Id of the request for Webex support. */
    readonly trackingId?: string,
  ) {
    const tracking = trackingId === undefined ? '' : ` (tracking id ${trackingId})`;
    super(`Webex answered ${statusCode} to ${path}: ${said}${tracking}; ${ADVICE[statusCode] ?? 'try again later'}`);
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    return this.statusCode === 429 || this.statusCode >= 500;
  }
}

/**
 * Thrown if Webex did not answer, or if another server did. Check the network and the URL. Try again later if `isTransient`
 * is true.
 */
export class WebexUnreachableError extends ExplainedError {
  override name = 'WebexUnreachableError';
  override readonly code: ErrorCode = 'ERR_WEBEX_UNREACHABLE';

  constructor(
    message: string,
    /** Whether a later attempt may succeed without a correction. */
    readonly isTransient = false,
  ) {
    super(message);
  }
}

const ADVICE: Readonly<Record<number, string>> = {
  401: 'the access token is not valid (any more); read it from Vault again',
  403: 'the grant lacks the scope, or the person the role, that this takes',
  404: 'check the Webex API URL',
};

/**
 * The JSON of an answer of Webex.
 *
 * @param apiUrl and `path`: the request, for errors
 * @param secrets that were sent, hidden if the answer quotes them
 * @throws WebexResponseError if it is not a success, WebexUnreachableError if it is not Webex's JSON
 */
export function webexReply(
  { status, text }: { readonly status: number; readonly text: string },
  apiUrl: string,
  path: string,
  secrets: readonly string[],
): unknown {
  const json = parseJson(text);
  // Webex redirects no request of its API.
  if (status >= 300 && status < 400) {
    throw notWebex(apiUrl, path);
  }
  if (status < 200 || status > 299) {
    const { message, trackingId } = (json ?? {}) as { readonly message?: unknown; readonly trackingId?: unknown };
    const said = typeof message === 'string' ? safeText(message, secrets).replace(/\.$/, '') : 'no message';
    throw new WebexResponseError(
      path,
      status,
      said,
      typeof trackingId === 'string' ? safeText(trackingId, secrets) : undefined,
    );
  }
  if (json === undefined) {
    throw notWebex(apiUrl, path);
  }
  return json;
}

/** The error for a request that failed. */
export function noAnswer(apiUrl: string, error: unknown): WebexUnreachableError {
  const code = error instanceof NetworkError ? error.code : undefined;
  const reason = code === 'ETIMEDOUT' ? 'timeout' : (code ?? 'the request failed');
  return new WebexUnreachableError(
    `no answer from Webex at ${apiUrl} (${reason}); check the network, and the Webex API URL`,
    error instanceof NetworkError && error.isTransient,
  );
}

/** The error for an answer of another server. */
export function notWebex(apiUrl: string, path: string): WebexUnreachableError {
  return new WebexUnreachableError(
    `${apiUrl} answered ${path} with something that is not a Webex reply; check the Webex API URL`,
  );
}
