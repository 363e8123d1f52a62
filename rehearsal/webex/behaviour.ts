/** How the simulated Webex answers. Read at every request, so it may be changed while the simulator runs. */
export interface Behaviour {
  /** Lifetime of an authorization code. @default 60 */
  codeTtlSeconds: number;
  /** Lifetime of an access token. @default 1209599 (14 days, as Webex says it) */
  accessTokenTtlSeconds: number;
  /** Lifetime of a refresh token. @default 7775999 (90 days) */
  refreshTokenTtlSeconds: number;
  /**
   * What becomes of the refresh token when it is used; Webex does not document it.
   * - `renew`: the same token, its lifetime starts again
   * - `keep`: the same token, its lifetime runs on
   * - `rotate`: a new token, and the old one is dead
   * - `omit`: the answer names no refresh token, and the old one stays good
   *
   * @default 'renew'
   */
  refresh: 'rotate' | 'renew' | 'keep' | 'omit';
  /** Body of the token endpoint's errors; both have been seen, and the plugin treats them differently. @default 'rfc6749' */
  errorShape: ErrorShape;
  /** Trouble that Webex is in. @default - none */
  fault?: Fault;
}

/** `{error, error_description}` of RFC 6749, or Webex's own `{message, errors, trackingId}`. */
export type ErrorShape = 'rfc6749' | 'webex';

/** What goes wrong, before the request reaches its endpoint. */
export interface Fault {
  /** Start of the paths that it happens to, like `/v1/access_token`. @default - every path */
  path?: string;
  /** Status to answer with. @default - the request is answered as usual, after `delayMs` */
  status?: number;
  /** Value of the `Retry-After` header. @default - no such header */
  retryAfterSeconds?: number;
  /** How many requests it happens to before it heals. @default - it stays */
  count?: number;
  /** Shape of the body. @default - the token endpoint's `errorShape` there, `webex` elsewhere */
  body?: ErrorShape | 'html';
  /** RFC 6749 error code, or message of the other shapes. @default - `server_error`, or the name of the status */
  error?: string;
  /** How long to wait first. @default 0 */
  delayMs?: number;
  /** Close the connection instead of answering. @default false */
  dropConnection?: boolean;
}
