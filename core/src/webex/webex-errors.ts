import type { ErrorCode } from '../error-code';
import { ExplainedError } from '../explained-error';
import { NetworkError } from '../http/network-error';
import { parseJson } from '../http/json';
import { safeText } from '../safe-text';

/** Webex answered, and said no. */
export class WebexResponseError extends ExplainedError {
  override name = 'WebexResponseError';
  override readonly code: ErrorCode = 'ERR_WEBEX_RESPONSE';

  constructor(
    readonly path: string,
    readonly statusCode: number,
    /** Webex's own words, free of secrets. */
    readonly said: string,
    /** What Webex's support asks for. */
    readonly trackingId?: string,
  ) {
    const tracking = trackingId === undefined ? '' : ` (tracking id ${trackingId})`;
    super(`Webex answered ${statusCode} to ${path}: ${said}${tracking}; ${ADVICE[statusCode] ?? 'try again later'}`);
  }

  /** Whether the same request may be answered otherwise later. */
  get isTransient(): boolean {
    return this.statusCode === 429 || this.statusCode >= 500;
  }
}

/** No answer from Webex at all, or one that Webex does not give. */
export class WebexUnreachableError extends ExplainedError {
  override name = 'WebexUnreachableError';
  override readonly code: ErrorCode = 'ERR_WEBEX_UNREACHABLE';

  constructor(
    message: string,
    /** Whether it may be reached later, and not only once something is corrected. */
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
 * What Webex answered, as JSON.
 *
 * @param apiUrl and `path`: what was asked, as errors name it
 * @param secrets that were sent, hidden where the answer quotes them
 * @throws WebexResponseError where it is not a success, WebexUnreachableError where it is not Webex's JSON
 */
export function webexReply(
  { status, text }: { readonly status: number; readonly text: string },
  apiUrl: string,
  path: string,
  secrets: readonly string[],
): unknown {
  const json = parseJson(text);
  // Webex sends nobody elsewhere, least of all with a token.
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

/** For a request that failed. */
export function noAnswer(apiUrl: string, error: unknown): WebexUnreachableError {
  const code = error instanceof NetworkError ? error.code : undefined;
  const reason = code === 'ETIMEDOUT' ? 'timeout' : (code ?? 'the request failed');
  return new WebexUnreachableError(
    `no answer from Webex at ${apiUrl} (${reason}); check the network, and the Webex API URL`,
    error instanceof NetworkError && error.isTransient,
  );
}

/** For an answer that another server gave. */
export function notWebex(apiUrl: string, path: string): WebexUnreachableError {
  return new WebexUnreachableError(
    `${apiUrl} answered ${path} with something that Webex does not say; check the Webex API URL`,
  );
}
