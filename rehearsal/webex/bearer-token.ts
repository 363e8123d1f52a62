import type { Context } from 'hono';
import { ApiRefusal } from './replies/api-refusal';
import type { IssuedToken } from './grant-store';
import type { SimulatedUser } from './simulated-user';
import type { Simulation, SimulatorEnv } from './simulation';

const UNAUTHORIZED = 'The request requires a valid access token set in the Authorization request header.';
const FORBIDDEN =
  'The server understood the request, but refused to fulfill it because the access token is missing required scopes ' +
  'or the user is missing required roles or licenses.';

/** What the caller must bring. */
export interface Requirement {
  /** One of these scopes is enough. */
  anyScope?: string[];
  /** All of these scopes are needed. */
  allScopes?: string[];
  /** One of these roles is enough. @default - no role is needed */
  anyRole?: string[];
}

/**
 * The access token of the request.
 *
 * @throws ApiRefusal 401 where it is missing, unknown, expired or revoked; 403 where it allows too little
 */
export function requireToken(webex: Simulation, c: Context<SimulatorEnv>, requirement: Requirement): IssuedToken {
  const value = bearerToken(c);
  const token = value === undefined ? undefined : webex.grants.findToken('access', value);
  if (!token || isSwitchedOff(webex, token)) {
    throw new ApiRefusal(401, UNAUTHORIZED, { 'WWW-Authenticate': 'Bearer realm="webex"' });
  }
  const { scopes, user } = token.grant;
  const { anyScope, allScopes = [], anyRole } = requirement;
  if (
    (anyScope && !anyScope.some((scope) => scopes.includes(scope))) ||
    !allScopes.every((scope) => scopes.includes(scope)) ||
    (anyRole && !hasRole(user, anyRole))
  ) {
    throw new ApiRefusal(403, FORBIDDEN);
  }
  return token;
}

/** What the request brings as an access token. */
export function bearerToken(c: Context<SimulatorEnv>): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(c.req.header('authorization') ?? '')?.[1];
}

function isSwitchedOff(webex: Simulation, token: IssuedToken): boolean {
  const { switchedOff } = webex.behavior;
  return switchedOff?.clientId === token.grant.client.clientId && switchedOff.acceptsAccessTokens !== true;
}

function hasRole(user: SimulatedUser, roles: string[]): boolean {
  return roles.some((role) => user.roles.includes(role));
}
