import { randomBytes } from 'node:crypto';
import { notWebex, WebexResponseError } from '#core';
import type { RequestLimits } from './http-exchange';
import { apiUrlOf, type OAuthAnswer, type OAuthRequest, oauthRequest } from './oauth-request';

export interface ClientSecretCheckOptions extends RequestLimits {
  /** Token endpoint, such as `https://webexapis.com/v1/access_token`. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface ClientSecretCheck {
  /** `untold`: the answer is the same as to a wrong secret, or two wrong secrets get different answers. */
  readonly verdict: 'accepted' | 'refused' | 'untold';
  /** Webex's own words, free of secrets. */
  readonly said: string;
}

/**
 * A check of a client secret that touches no grant: the request presents a random refresh token. Webex checks the
 * client first, and the token after the client.
 *
 * If the error code does not decide, two wrong secrets are presented for comparison. The secret counts as accepted if
 * both wrong ones get the same answer and the secret gets another one.
 *
 * @throws WebexResponseError if Webex answers 429 or 5xx; WebexUnreachableError; the signal's reason
 */
export async function checkClientSecret(options: ClientSecretCheckOptions): Promise<ClientSecretCheck> {
  const refusal = await refusalOf(options);
  const { code, said } = refusal;
  if (code === 'invalid_grant') {
    return { verdict: 'accepted', said };
  }
  if (code === 'invalid_client' || code === 'unauthorized_client') {
    return { verdict: 'refused', said };
  }
  const wrong = [];
  for (const clientSecret of wrongOnes(options.clientSecret)) {
    const { status, said: words } = await refusalOf({ ...options, clientSecret });
    wrong.push(`${status} ${words}`);
  }
  const alike = new Set(wrong).size === 1;
  return { verdict: alike && wrong[0] !== `${refusal.status} ${said}` ? 'accepted' : 'untold', said };
}

async function refusalOf(options: ClientSecretCheckOptions): Promise<OAuthAnswer> {
  const { tokenUrl, clientId, clientSecret, timeoutMs, signal } = options;
  const refreshToken = randomBytes(48).toString('base64url');
  const request: OAuthRequest = {
    url: tokenUrl,
    path: 'access_token',
    fields: {
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
    },
    secrets: [clientSecret, refreshToken],
    timeoutMs,
    signal,
  };
  const answer = await oauthRequest(request);
  const { status, said, trackingId } = answer;
  if (status === 429 || status >= 500) {
    throw new WebexResponseError(request.path, status, said, trackingId);
  }
  if (status < 400) {
    throw notWebex(apiUrlOf(request), request.path);
  }
  return answer;
}

/** Wrong secrets in the form of the given one, so Webex refuses them for their value and not for their form. */
function wrongOnes(secret: string): string[] {
  const last = /[a-z0-9](?=[^a-z0-9]*$)/i;
  return ['0', '1', '2']
    .map((digit) => (last.test(secret) ? secret.replace(last, digit) : secret + digit))
    .filter((wrong) => wrong !== secret)
    .slice(0, 2);
}
