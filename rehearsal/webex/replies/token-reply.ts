import type { Behavior } from '../behavior';
import type { Grant, IssuedToken } from '../grant-store';
import type { Simulation } from '../simulation';

/** Issues an access token. The reply also has the refresh token, if one is given. */
export function tokenReply(webex: Simulation, grant: Grant, refreshToken?: IssuedToken): object {
  const accessToken = webex.grants.issueToken('access', grant, webex.behavior.accessTokenTtlSeconds);
  return describeTokens(webex, accessToken, refreshToken);
}

/** The first pair of a grant. */
export function firstTokenReply(webex: Simulation, grant: Grant): object {
  return tokenReply(webex, grant, webex.grants.issueToken('refresh', grant, webex.behavior.refreshTokenTtlSeconds));
}

/** The token endpoint's answer. */
export function describeTokens(webex: Simulation, accessToken: IssuedToken, refreshToken?: IssuedToken): object {
  return {
    access_token: accessToken.value,
    expires_in: webex.grants.remainingSeconds(accessToken),
    ...(refreshToken && {
      refresh_token: refreshToken.value,
      refresh_token_expires_in: webex.grants.remainingSeconds(refreshToken),
    }),
    token_type: 'Bearer',
    ...toldScopes(webex.behavior, accessToken.grant.scopes),
  };
}

function toldScopes({ toldScopes }: Behavior, scopes: readonly string[]): { scope?: string } {
  switch (toldScopes) {
    case 'more':
      return { scope: [...new Set(['spark:kms', ...scopes.toReversed()])].join(' ') };
    case 'granted':
      return { scope: scopes.join(' ') };
    case 'none':
      return {};
  }
}
