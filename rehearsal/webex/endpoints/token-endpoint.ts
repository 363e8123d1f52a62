import { Hono, type Context } from 'hono';
import { createHash } from 'node:crypto';
import { ApiRefusal, refuseMethod } from '../replies/api-refusal';
import { authenticateClient } from '../client-authentication';
import { readForm, required } from '../oauth-form';
import { answerOAuth, OAuthRefusal } from '../replies/oauth-answer';
import type { RegisteredApp } from '../simulated-client';
import type { Simulation, SimulatorEnv } from '../simulation';
import { describeTokens, firstTokenReply, tokenReply } from '../replies/token-reply';

export const TOKEN_PATH = '/v1/access_token';

/** `POST /v1/access_token`: exchanges a code or a refresh token for an access token. */
export function tokenEndpoint(webex: Simulation): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.post('/', (c) => answerOAuth(webex, c, () => exchange(webex, c)));
  app.all('/', refuseMethod('POST'));
  return app;
}

async function exchange(webex: Simulation, c: Context<SimulatorEnv>): Promise<object> {
  const form = await readForm(c);
  const grantType = form.get('grant_type');
  const apps: readonly RegisteredApp[] = [...webex.clients, ...webex.serviceApps.list];
  const client = authenticateClient(apps, form, c.req.header('authorization'));
  switch (grantType) {
    case 'authorization_code':
      return redeemCode(webex, client, form);
    case 'refresh_token':
      return refresh(webex, client, form);
    case null:
      throw new OAuthRefusal('invalid_request', 'grant_type is missing; send authorization_code or refresh_token');
    default:
      throw new OAuthRefusal('unsupported_grant_type', 'grant_type must be authorization_code or refresh_token');
  }
}

function redeemCode(webex: Simulation, client: RegisteredApp, form: URLSearchParams): object {
  if (webex.serviceApps.idOf(client) !== undefined) {
    throw new OAuthRefusal('unauthorized_client', 'a Service App has no consent; its tokens come from /applications');
  }
  const redirectUri = required(form, 'redirect_uri');
  const code = webex.grants.redeemCode(required(form, 'code'), client);
  if (typeof code === 'string') {
    throw new OAuthRefusal('invalid_grant', `the code is ${code} for this client; ask for a new one`);
  }
  if (code.redirectUri !== redirectUri) {
    throw new OAuthRefusal('invalid_grant', 'redirect_uri is not the one that the code was sent to');
  }
  checkVerifier(code.challenge, form.get('code_verifier'));
  return firstTokenReply(webex, code.grant);
}

function refresh(webex: Simulation, client: RegisteredApp, form: URLSearchParams): object {
  const { grants, behavior } = webex;
  const value = required(form, 'refresh_token');
  refuseSwitchedOff(webex, client);
  const token = grants.findToken('refresh', value);
  if (token?.grant.client !== client) {
    const because = grants.whyEnded(value, client);
    const why = because === undefined ? 'is unknown for this client, expired or revoked' : `has ended: ${because}`;
    throw new OAuthRefusal('invalid_grant', `the refresh token ${why}`);
  }
  const current = grants.newestToken('access', token.grant);
  if (current !== undefined && grants.ageSeconds(current) < behavior.sameTokenForSeconds) {
    return describeTokens(webex, current, behavior.refresh === 'omit' ? undefined : token);
  }
  switch (behavior.refresh) {
    case 'omit':
      return tokenReply(webex, token.grant);
    case 'keep':
      return tokenReply(webex, token.grant, token);
    case 'renew':
      grants.renewToken(token, behavior.refreshTokenTtlSeconds);
      return tokenReply(webex, token.grant, token);
    case 'rotate':
      grants.discardToken(token, 'it was replaced by a newer one');
      return tokenReply(webex, token.grant, grants.issueToken('refresh', token.grant, behavior.refreshTokenTtlSeconds));
  }
}

function refuseSwitchedOff({ behavior }: Simulation, client: RegisteredApp): void {
  const { clientId, refresh = 'invalid_grant' } = behavior.switchedOff ?? {};
  if (clientId !== client.clientId) {
    return;
  }
  const why = 'the integration is not allowed in this organization';
  if (refresh === 'forbidden') {
    throw new ApiRefusal(403, why);
  }
  throw new OAuthRefusal(refresh, why, refresh === 'invalid_client' ? 401 : 400);
}

/** @see RFC 7636, sections 4.1 and 4.6 */
function checkVerifier(challenge: string | undefined, verifier: string | null): void {
  if (challenge === undefined && verifier === null) {
    return;
  }
  if (challenge === undefined) {
    throw new OAuthRefusal('invalid_grant', 'code_verifier is there, but the code was asked for without a challenge');
  }
  if (verifier === null) {
    throw new OAuthRefusal('invalid_grant', 'code_verifier is missing; the code was asked for with a challenge');
  }
  if (!/^[\w.~-]{43,128}$/.test(verifier)) {
    throw new OAuthRefusal('invalid_request', 'code_verifier must be 43 to 128 letters, digits, "-", ".", "_" or "~"');
  }
  if (createHash('sha256').update(verifier).digest('base64url') !== challenge) {
    throw new OAuthRefusal('invalid_grant', 'code_verifier does not fit the challenge');
  }
}
