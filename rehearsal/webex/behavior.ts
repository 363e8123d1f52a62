/** How the simulated Webex answers. Each request reads it, so it can change at run time. */
export interface Behavior {
  /** Lifetime of an authorization code. @default 60 */
  codeTtlSeconds: number;
  /** Lifetime of an access token. @default 1209599 (14 days, as Webex says it) */
  accessTokenTtlSeconds: number;
  /** Lifetime of a refresh token. @default 7775999 (90 days) */
  refreshTokenTtlSeconds: number;
  /**
   * Fate of a used refresh token, which Webex does not document.
   * - `renew`: the same token, its lifetime starts again
   * - `keep`: the same token, its lifetime continues
   * - `rotate`: a new token, and the old one becomes invalid
   * - `omit`: the answer names no refresh token, and the old one stays valid
   *
   * @default 'renew'
   */
  refresh: 'rotate' | 'renew' | 'keep' | 'omit';
  /**
   * A refresh returns the same tokens within this time after the access token was issued. Webex does this for 24 hours,
   * "often". The access token of a consent counts here; Webex does not document it.
   *
   * @default 0 (each refresh returns a new one)
   */
  sameTokenForSeconds: number;
  /** Lifetime of a device code. @default 300 (as Webex documents it) */
  deviceCodeTtlSeconds: number;
  /** Shortest pause between two polls of a device; each `slow_down` adds 5 s. @default 2 */
  deviceIntervalSeconds: number;
  /** Status of a pending device code; Webex documents both. @default 428 */
  devicePending: 428 | 400;
  /** Error of an expired device code: of RFC 8628, or of Webex's list. @default 'expired_token' */
  deviceExpired: 'expired_token' | 'invalid_grant';
  /** Scopes that are requested, and not granted to some accounts. Earlier grants keep them. @default [] */
  withheld: readonly WithheldScopes[];
  /**
   * Scopes in an answer with tokens. Webex documents them for the device grant only; published answers have them elsewhere too.
   * - `more`: in another order, and with `spark:kms`, as in published answers
   * - `granted`: the granted ones, in the order of the request
   * - `none`: the answer has no scopes
   *
   * @default 'more'
   */
  toldScopes: 'more' | 'granted' | 'none';
  /** Status for a Service App that the organization has not authorized. @default 403 */
  unauthorizedServiceApp: 403 | 404;
  /** Errors of OAuth's endpoints. Both occur, and the plugin treats them differently. @default 'rfc6749' */
  errorShape: ErrorShape;
  /** An integration that the organization does not allow. @default - all are allowed */
  switchedOff?: SwitchedOffIntegration;
  /** Faults; the first that matches a request applies. @default - none */
  fault?: Fault | readonly Fault[];
}

/** `{error, error_description}` of RFC 6749, or Webex's own `{message, errors, trackingId}`. */
export type ErrorShape = 'rfc6749' | 'webex';

/**
 * An integration that the organization's administrator does not allow. Webex documents only the words of the refused
 * consent; its other answers here are plausible.
 */
export interface SwitchedOffIntegration {
  readonly clientId: string;
  /** Answer to a refresh: status 403 in Webex's own shape, or a code of RFC 6749. @default 'invalid_grant' */
  readonly refresh?: 'invalid_grant' | 'invalid_client' | 'unauthorized_client' | 'forbidden';
  /** Whether earlier access tokens stay valid until they expire. @default false */
  readonly acceptsAccessTokens?: boolean;
}

/** Scopes that an administrator does not allow. */
export interface WithheldScopes {
  readonly scopes: readonly string[];
  /** Email of a person, or id of an organization. @default - everybody */
  readonly of?: string;
}

/** Webex's refusal of consent to a switched-off integration. */
export const DENIED_BY_ORGANIZATION = 'Your administrator denied access to the integration.';

export interface Fault {
  /** Beginning of the affected paths, like `/v1/access_token`. @default - every path */
  path?: string;
  /** Number of the only affected grant. Its code or one of its tokens identifies a request. @default - all grants */
  grant?: number;
  /** Whether Webex acts first: then codes are used up, tokens are rotated, and only the answer is lost. @default 'before' */
  when?: 'before' | 'after';
  /** Status of the answer. @default - the usual answer, after `delayMs` and `until` */
  status?: number;
  /** `Retry-After` header. @default - none */
  retryAfterSeconds?: number;
  /** Number of affected requests. @default - unlimited */
  count?: number;
  /** Shape of the body. @default - `errorShape` at OAuth's endpoints, `webex` elsewhere */
  body?: ErrorShape | 'html';
  /** RFC 6749 error code, or message of the other shapes. @default - `server_error`, or the name of the status */
  error?: string;
  /** Delay before the answer. @default 0 */
  delayMs?: number;
  /** Called once the request waits. The wait ends with the promise, or when the client disconnects. @default - no wait */
  until?: () => Promise<unknown>;
  /** Close the connection instead of answering. @default false */
  dropConnection?: boolean;
}

/** 14 days, less a second. */
export const ACCESS_TOKEN_TTL_SECONDS = 1_209_599;

export const DEFAULT_BEHAVIOR: Behavior = {
  codeTtlSeconds: 60,
  accessTokenTtlSeconds: ACCESS_TOKEN_TTL_SECONDS,
  refreshTokenTtlSeconds: 7_775_999,
  refresh: 'renew',
  sameTokenForSeconds: 0,
  deviceCodeTtlSeconds: 300,
  deviceIntervalSeconds: 2,
  devicePending: 428,
  deviceExpired: 'expired_token',
  withheld: [],
  toldScopes: 'more',
  unauthorizedServiceApp: 403,
  errorShape: 'rfc6749',
};
