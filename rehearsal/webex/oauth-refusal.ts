/** Thrown by the token endpoint. @see RFC 6749, section 5.2 */
export class OAuthRefusal extends Error {
  constructor(
    readonly code:
      'invalid_client' | 'invalid_grant' | 'invalid_request' | 'unauthorized_client' | 'unsupported_grant_type',
    message: string,
    readonly status = 400,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}
