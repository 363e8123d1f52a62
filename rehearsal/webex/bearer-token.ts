import type { Context } from 'hono';
import { ApiRefusal } from './replies/api-refusal';
import type { IssuedToken } from './grant-store';
import type { Simulation, SimulatorEnv } from './simulation';

const UNAUTHORIZED = 'The request requires a valid access token set in the Authorization request header.';
const FORBIDDEN =
  'The server understood the request, but refused to fulfill it because the access token is missing required scopes ' +
  'or the user is missing required roles or licenses.';

export interface Requirement {
  /** One of these scopes is enough. */
  anyScope?: string[];
  allScopes?: string[];
  /** One of these roles is enough. @default - no role is needed */
  anyRole?: string[];
}

/**
 * Returns the request's access token.
 *
 * @throws ApiRefusal 401 if it is missing or invalid, 403 if it lacks a scope or a role
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
    (anyRole && !anyRole.some((role) => user.roles.includes(role)))
  ) {
    throw new ApiRefusal(403, FORBIDDEN);
  }
  return token;
}

export function bearerToken(c: Context<SimulatorEnv>): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(c.req.header('authorization') ?? '')?.[1];
}

function isSwitchedOff(webex: Simulation, token: IssuedToken): boolean {
  const { switchedOff } = webex.behavior;
  return switchedOff?.clientId === token.grant.client.clientId && switchedOff.acceptsAccessTokens !== true;
}
