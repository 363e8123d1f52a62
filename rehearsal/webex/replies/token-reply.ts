import type { Grant, IssuedToken } from '../grant-store';
import type { Simulation } from '../simulation';

/** A new access token of the grant, with that refresh token or without any. */
export function tokenReply(webex: Simulation, grant: Grant, refreshToken?: IssuedToken): object {
  const accessToken = webex.grants.issueToken('access', grant, webex.behavior.accessTokenTtlSeconds);
  return describeTokens(webex, accessToken, refreshToken);
}

/** The first pair of a grant. */
export function firstTokenReply(webex: Simulation, grant: Grant): object {
  return tokenReply(webex, grant, webex.grants.issueToken('refresh', grant, webex.behavior.refreshTokenTtlSeconds));
}

/** What the token endpoint answers. */
export function describeTokens(webex: Simulation, accessToken: IssuedToken, refreshToken?: IssuedToken): object {
  return {
    access_token: accessToken.value,
    expires_in: webex.grants.remainingSeconds(accessToken),
    ...(refreshToken && {
      refresh_token: refreshToken.value,
      refresh_token_expires_in: webex.grants.remainingSeconds(refreshToken),
    }),
    token_type: 'Bearer',
    scope: accessToken.grant.scopes.join(' '),
  };
}
