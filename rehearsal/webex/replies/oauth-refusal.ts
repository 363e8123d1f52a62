/** Thrown by OAuth's endpoints. @see RFC 6749, section 5.2, and RFC 8628, section 3.5 */
export class OAuthRefusal extends Error {
  constructor(
    readonly code:
      | 'access_denied'
      | 'authorization_pending'
      | 'expired_token'
      | 'invalid_client'
      | 'invalid_grant'
      | 'invalid_request'
      | 'invalid_scope'
      | 'slow_down'
      | 'unauthorized_client'
      | 'unsupported_grant_type',
    message: string,
    readonly status = 400,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}
