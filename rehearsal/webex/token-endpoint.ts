import { Hono, type Context } from 'hono';
import { createHash } from 'node:crypto';
import { ApiRefusal, refuseMethod, webexErrorBody } from './api-refusal';
import { authenticateClient } from './client-authentication';
import type { Grant, IssuedToken, PkceChallenge } from './grant-store';
import { OAuthRefusal } from './oauth-refusal';
import type { SimulatedClient } from './simulated-client';
import type { Simulation, SimulatorEnv } from './simulation';

export const TOKEN_PATH = '/v1/access_token';

/** `POST /v1/access_token`: a code or a refresh token for an access token. */
export function tokenEndpoint(webex: Simulation): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.post('/', async (c) => {
    try {
      return c.json(await exchange(webex, c), 200, { Pragma: 'no-cache' });
    } catch (error) {
      if (!(error instanceof OAuthRefusal)) {
        throw error;
      }
      const { status, code, message, headers } = error;
      const body =
        webex.behaviour.errorShape === 'webex'
          ? webexErrorBody(c, `${message} (${code})`)
          : { error: code, error_description: message };
      return Response.json(body, { status, headers });
    }
  });
  app.all('/', refuseMethod('POST'));
  return app;
}

async function exchange(webex: Simulation, c: Context<SimulatorEnv>): Promise<object> {
  const form = await readForm(c);
  const grantType = form.get('grant_type');
  const client = authenticateClient(webex.clients, form, c.req.header('authorization'));
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

async function readForm(c: Context<SimulatorEnv>): Promise<URLSearchParams> {
  const contentType = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (contentType !== 'application/x-www-form-urlencoded') {
    throw new OAuthRefusal('invalid_request', 'the body must be application/x-www-form-urlencoded', 415);
  }
  if (new URL(c.req.url).search !== '') {
    throw new OAuthRefusal('invalid_request', 'parameters belong in the body, not in the URL, where logs keep them');
  }
  const form = new URLSearchParams(await c.req.text());
  const names = [...form.keys()];
  if (new Set(names).size !== names.length) {
    throw new OAuthRefusal('invalid_request', 'a parameter is there twice; send each one once');
  }
  return form;
}

function redeemCode(webex: Simulation, client: SimulatedClient, form: URLSearchParams): object {
  const redirectUri = required(form, 'redirect_uri');
  const code = webex.grants.redeemCode(required(form, 'code'), client);
  if (typeof code === 'string') {
    throw new OAuthRefusal('invalid_grant', `the code is ${code} for this client; ask for a new one`);
  }
  if (code.redirectUri !== redirectUri) {
    throw new OAuthRefusal('invalid_grant', 'redirect_uri is not the one that the code was sent to');
  }
  checkVerifier(code.challenge, form.get('code_verifier'));
  const refreshToken = webex.grants.issueToken('refresh', code.grant, webex.behaviour.refreshTokenTtlSeconds);
  return tokenReply(webex, code.grant, refreshToken);
}

function refresh(webex: Simulation, client: SimulatedClient, form: URLSearchParams): object {
  const { grants, behaviour } = webex;
  const value = required(form, 'refresh_token');
  refuseSwitchedOff(webex, client);
  const token = grants.findToken('refresh', value);
  if (token?.grant.client !== client) {
    const because = behaviour.tellsWhyGrantsEnd ? grants.whyEnded(value, client) : undefined;
    const why = because === undefined ? 'is unknown for this client, expired or revoked' : `has ended: ${because}`;
    throw new OAuthRefusal('invalid_grant', `the refresh token ${why}`);
  }
  const current = grants.newestToken('access', token.grant);
  if (current !== undefined && grants.ageSeconds(current) < behaviour.sameTokenForSeconds) {
    return describeTokens(webex, current, behaviour.refresh === 'omit' ? undefined : token);
  }
  switch (behaviour.refresh) {
    case 'omit':
      return tokenReply(webex, token.grant);
    case 'keep':
      return tokenReply(webex, token.grant, token);
    case 'renew':
      grants.renewToken(token, behaviour.refreshTokenTtlSeconds);
      return tokenReply(webex, token.grant, token);
    case 'rotate':
      grants.discardToken(token, 'it was replaced by a newer one');
      return tokenReply(
        webex,
        token.grant,
        grants.issueToken('refresh', token.grant, behaviour.refreshTokenTtlSeconds),
      );
  }
}

function refuseSwitchedOff({ behaviour }: Simulation, client: SimulatedClient): void {
  const { clientId, refresh = 'invalid_grant' } = behaviour.switchedOff ?? {};
  if (clientId !== client.clientId) {
    return;
  }
  const why = 'the integration is not allowed in this organization';
  if (refresh === 'forbidden') {
    throw new ApiRefusal(403, why);
  }
  throw new OAuthRefusal(refresh, why, refresh === 'invalid_client' ? 401 : 400);
}

function tokenReply(webex: Simulation, grant: Grant, refreshToken?: IssuedToken): object {
  const accessToken = webex.grants.issueToken('access', grant, webex.behaviour.accessTokenTtlSeconds);
  return describeTokens(webex, accessToken, refreshToken);
}

function describeTokens(webex: Simulation, accessToken: IssuedToken, refreshToken?: IssuedToken): object {
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

/** @see RFC 7636, section 4.6 */
function checkVerifier(challenge: PkceChallenge | undefined, verifier: string | null): void {
  if (!challenge) {
    if (verifier !== null) {
      throw new OAuthRefusal('invalid_grant', 'code_verifier is there, but the code was asked for without a challenge');
    }
    return;
  }
  if (verifier === null) {
    throw new OAuthRefusal('invalid_grant', 'code_verifier is missing; the code was asked for with a challenge');
  }
  const expected = challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
  if (expected !== challenge.value) {
    throw new OAuthRefusal('invalid_grant', 'code_verifier does not fit the challenge');
  }
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) {
    throw new OAuthRefusal('invalid_request', `${name} is missing`);
  }
  return value;
}
