import type { ExplainedError } from '#core';
import { checkClientSecret, type ClientSecretCheck, type ClientSecretCheckOptions } from './client-secret-check';
import { ClientRefused, GrantRefused, type Presented, RequestRefused } from './grant-errors';
import { apiUrlOf, type OAuthAnswer, type OAuthRequest } from './oauth-request';
import { retryingRequest, type WaitingLimits } from './retrying-request';
import { TokenPair } from './token-pair';

type TokenEndpointOptions = ClientSecretCheckOptions & WaitingLimits;

export interface CodeExchange extends TokenEndpointOptions {
  readonly code: string;
  /** Redirect URI that the code was sent to. */
  readonly redirectUri: string;
  /** PKCE code verifier. @default - the code was requested without a challenge */
  readonly codeVerifier?: string;
}

export interface PairRefresh extends TokenEndpointOptions {
  readonly refreshToken: string;
}

/**
 * A token pair for an authorization code. A code is valid for one attempt, even if that attempt fails.
 *
 * @see https://developer.webex.com/docs/integrations
 * @throws ClientRefused, GrantRefused, RequestRefused; TemporarilyUnavailable, WebexResponseError (5xx) or
 *   WebexUnreachableError if the problem may pass; the signal's reason
 */
export async function exchangeCode(exchange: CodeExchange): Promise<TokenPair> {
  const { code, redirectUri, codeVerifier } = exchange;
  return pairFor(exchange, 'authorization code', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    ...(codeVerifier === undefined ? {} : { code_verifier: codeVerifier }),
  });
}

/**
 * A new token pair for a refresh token. If Webex returns no refresh token, the pair keeps the sent one. If Webex
 * rotates refresh tokens, the sent one is invalid afterwards, even if the answer gets lost.
 *
 * @see https://developer.webex.com/docs/integrations#using-the-refresh-token
 * @throws ClientRefused, GrantRefused, RequestRefused; TemporarilyUnavailable, WebexResponseError (5xx) or
 *   WebexUnreachableError if the problem may pass; the signal's reason
 */
export async function refreshPair(refresh: PairRefresh): Promise<TokenPair> {
  const { refreshToken } = refresh;
  return pairFor(refresh, 'refresh token', { grant_type: 'refresh_token', refresh_token: refreshToken }, refreshToken);
}

async function pairFor(
  options: TokenEndpointOptions,
  what: Presented,
  fields: Readonly<Record<string, string>>,
  refreshToken?: string,
): Promise<TokenPair> {
  const { tokenUrl, clientId, clientSecret, timeoutMs, signal, clock } = options;
  const { code = '', refresh_token: sent = '', code_verifier: verifier = '' } = fields;
  const request: OAuthRequest = {
    url: tokenUrl,
    path: 'access_token',
    fields: { ...fields, client_id: clientId, client_secret: clientSecret },
    secrets: [clientSecret, code, sent, verifier],
    timeoutMs,
    signal,
  };
  const answer = await retryingRequest(request, clock);
  if (answer.status >= 300) {
    throw await refusal(answer, what, options);
  }
  return TokenPair.from(answer.json, apiUrlOf(request), request.path, refreshToken);
}

async function refusal(answer: OAuthAnswer, what: Presented, options: TokenEndpointOptions): Promise<ExplainedError> {
  const { code, status } = answer;
  if (code === 'invalid_client') {
    return new ClientRefused(options.clientId, answer);
  }
  if (code === 'invalid_grant') {
    return new GrantRefused(what, options.clientId, answer);
  }
  if (code !== undefined || (status !== 400 && status !== 401)) {
    return new RequestRefused('access_token', answer);
  }
  // Webex's message names the refused part only in prose, so a program has to check the client secret.
  switch (await secretVerdict(options)) {
    case 'refused':
      return new ClientRefused(options.clientId, answer);
    case 'accepted':
      return new GrantRefused(what, options.clientId, answer);
    default:
      return new RequestRefused(
        'access_token',
        answer,
        `Webex refuses either the client secret or the ${what}; first compare the secret with the app's page in Webex's developer portal`,
      );
  }
}

/** Verdict on the client secret. It is `untold` also if Webex cannot be asked now. */
export async function secretVerdict(options: ClientSecretCheckOptions): Promise<ClientSecretCheck['verdict']> {
  try {
    return (await checkClientSecret(options)).verdict;
  } catch {
    options.signal?.throwIfAborted();
    return 'untold';
  }
}
