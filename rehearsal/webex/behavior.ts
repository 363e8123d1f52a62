/** How the simulated Webex answers. Read at every request, so it may be changed while the simulator runs. */
export interface Behavior {
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
  /**
   * So long after an access token was issued, a refresh brings the same one with the same end, and leaves the refresh
   * token as it is. Webex does this for 24 hours, "often"; whether a consent counts is not documented, and here it does.
   *
   * @default 0 (each refresh brings a new one)
   */
  sameTokenForSeconds: number;
  /** Lifetime of a device code. @default 300 (as Webex documents it) */
  deviceCodeTtlSeconds: number;
  /** Shortest pause between two questions for what became of a device code; each `slow_down` adds 5 s. @default 2 */
  deviceIntervalSeconds: number;
  /** How it is said that nobody has answered yet: by status 428, or by 400; Webex documents both. @default 428 */
  devicePending: 428 | 400;
  /** What a device code that has expired is refused with: as RFC 8628 has it, or as Webex's list. @default 'expired_token' */
  deviceExpired: 'expired_token' | 'invalid_grant';
  /** Status of the refusal for a Service App that the organization has not authorized. @default 403 */
  unauthorizedServiceApp: 403 | 404;
  /** Body of the errors of OAuth's endpoints; both have been seen, and the plugin treats them differently. @default 'rfc6749' */
  errorShape: ErrorShape;
  /** Whether the refusal of a grant that was ended tells by what; what Webex tells is not documented. @default true */
  tellsWhyGrantsEnd: boolean;
  /** An integration that the organization does not allow. @default - all are */
  switchedOff?: SwitchedOffIntegration;
  /** Trouble that Webex is in. Of several, the first that fits a request happens to it. @default - none */
  fault?: Fault | readonly Fault[];
}

/** `{error, error_description}` of RFC 6749, or Webex's own `{message, errors, trackingId}`. */
export type ErrorShape = 'rfc6749' | 'webex';

/**
 * An integration that an administrator has switched off for the organization, or never allowed. Webex's answers are
 * not documented, except for the words of the refused consent: each of these is plausible.
 */
export interface SwitchedOffIntegration {
  readonly clientId: string;
  /**
   * What a refresh is answered with. `forbidden` is status 403 in Webex's own shape; the others are codes of RFC 6749.
   *
   * @default 'invalid_grant'
   */
  readonly refresh?: 'invalid_grant' | 'invalid_client' | 'unauthorized_client' | 'forbidden';
  /** Whether access tokens that were issued before are good until they end. @default false */
  readonly acceptsAccessTokens?: boolean;
  /**
   * Where who is to consent is told so, without being asked: by `access_denied` at the redirect URL, which ends a device
   * grant, or by a page of Webex's own, from which nobody comes back.
   *
   * @default 'redirect'
   */
  readonly consent?: 'redirect' | 'page';
}

/** Webex's words where it does not let a person consent to such an integration. */
export const DENIED_BY_ORGANIZATION = 'Your administrator denied access to the integration.';

/** What goes wrong. */
export interface Fault {
  /** Start of the paths that it happens to, like `/v1/access_token`. @default - every path */
  path?: string;
  /** Number of the grant that it happens to alone, see `GrantStore.count`: by its code or one of its tokens. @default - all */
  grant?: number;
  /**
   * Whether Webex has acted when it happens: after that, codes are used up and tokens rotated, and what is delayed,
   * dropped or replaced is the answer.
   *
   * @default 'before'
   */
  when?: 'before' | 'after';
  /** Status to answer with. @default - the request is answered as usual, after `delayMs` and `until` */
  status?: number;
  /** Value of the `Retry-After` header. @default - no such header */
  retryAfterSeconds?: number;
  /** How many requests it happens to before it heals. @default - it stays */
  count?: number;
  /** Shape of the body. @default - `errorShape` at OAuth's endpoints, `webex` elsewhere */
  body?: ErrorShape | 'html';
  /** RFC 6749 error code, or message of the other shapes. @default - `server_error`, or the name of the status */
  error?: string;
  /** How long to wait first. @default 0 */
  delayMs?: number;
  /** Called once the request waits. The wait ends with the promise, or when the client hangs up. @default - no wait */
  until?: () => Promise<unknown>;
  /** Close the connection instead of answering. @default false */
  dropConnection?: boolean;
}

/** 14 days, less a second. */
export const ACCESS_TOKEN_TTL_SECONDS = 1_209_599;

/** The default of `Behavior` stands for each option that is missing or undefined. */
export function behaviorOf({
  codeTtlSeconds = 60,
  accessTokenTtlSeconds = ACCESS_TOKEN_TTL_SECONDS,
  refreshTokenTtlSeconds = 7_775_999,
  refresh = 'renew',
  sameTokenForSeconds = 0,
  deviceCodeTtlSeconds = 300,
  deviceIntervalSeconds = 2,
  devicePending = 428,
  deviceExpired = 'expired_token',
  unauthorizedServiceApp = 403,
  errorShape = 'rfc6749',
  tellsWhyGrantsEnd = true,
  switchedOff,
  fault,
}: Partial<Behavior>): Behavior {
  return {
    codeTtlSeconds,
    accessTokenTtlSeconds,
    refreshTokenTtlSeconds,
    refresh,
    sameTokenForSeconds,
    deviceCodeTtlSeconds,
    deviceIntervalSeconds,
    devicePending,
    deviceExpired,
    unauthorizedServiceApp,
    errorShape,
    tellsWhyGrantsEnd,
    switchedOff,
    fault,
  };
}
