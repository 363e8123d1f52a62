import { Hono } from 'hono';
import { ApiRefusal, refuseMethod } from '../replies/api-refusal';
import { requireToken } from '../bearer-token';
import type { IssuedToken } from '../grant-store';
import type { SimulatedUser } from '../simulated-user';
import type { Simulation, SimulatorEnv } from '../simulation';
import { webexId } from '../webex-id';

const ADMIN_ROLES = ['id_full_admin', 'id_user_admin', 'id_device_admin'];

/**
 * `/v1/authorizations`: administrators list and revoke the tokens of their organization.
 *
 * @see https://developer.webex.com/docs/api/v1/authorizations
 */
export function authorizationsEndpoint(webex: Simulation): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.get('/', (c) => {
    const caller = requireToken(webex, c, { allScopes: ['identity:tokens_read'], anyRole: ADMIN_ROLES });
    const person = findPerson(webex, caller, c.req.query('personId'), c.req.query('personEmail'));
    const tokens = webex.grants.list().filter((token) => token.grant.user === person);
    return c.json({ items: tokens.map((token) => describeAuthorization(webex, token)) });
  });
  app.delete('/', (c) => {
    const caller = requireToken(webex, c, { allScopes: ['identity:tokens_write'], anyRole: ADMIN_ROLES });
    const clientId = c.req.query('clientId');
    if (!clientId) {
      throw new ApiRefusal(400, 'clientId is missing; name the client whose authorizations end');
    }
    const tokens = tokensOfOrganization(webex, caller).filter((token) => token.grant.client.clientId === clientId);
    if (tokens.length === 0) {
      throw new ApiRefusal(404, 'The requested resource could not be found.');
    }
    revoke(webex, caller, tokens);
    return c.body(null, 204);
  });
  app.delete('/:id', (c) => {
    const caller = requireToken(webex, c, { allScopes: ['identity:tokens_write'], anyRole: ADMIN_ROLES });
    const token = tokensOfOrganization(webex, caller).find((candidate) => candidate.id === c.req.param('id'));
    if (!token) {
      throw new ApiRefusal(404, 'The requested resource could not be found.');
    }
    revoke(webex, caller, [token]);
    return c.body(null, 204);
  });
  app.all('/', refuseMethod('GET', 'DELETE'));
  app.all('/:id', refuseMethod('DELETE'));
  return app;
}

function findPerson(webex: Simulation, caller: IssuedToken, id?: string, email?: string): SimulatedUser {
  if ((id === undefined) === (email === undefined)) {
    throw new ApiRefusal(400, 'Either personId or personEmail must be provided.');
  }
  const person = [...webex.users, ...webex.serviceApps.accounts].find((user) => user.id === id || user.email === email);
  if (person?.orgId !== caller.grant.user.orgId) {
    throw new ApiRefusal(404, 'The requested resource could not be found.');
  }
  return person;
}

function tokensOfOrganization(webex: Simulation, caller: IssuedToken): IssuedToken[] {
  return webex.grants.list().filter((token) => token.grant.user.orgId === caller.grant.user.orgId);
}

/** Only a token of the same client can revoke an administrator's own tokens. */
function revoke(webex: Simulation, caller: IssuedToken, tokens: IssuedToken[]): void {
  const { user, client } = caller.grant;
  if (tokens.some((token) => token.grant.user === user && token.grant.client !== client)) {
    throw new ApiRefusal(403, 'Your own authorizations can be deleted only by a token of the same client.');
  }
  for (const token of tokens) {
    webex.grants.revokeToken(token, 'an administrator revoked it');
  }
}

function describeAuthorization(webex: Simulation, token: IssuedToken): object {
  const { client, user } = token.grant;
  return {
    id: token.id,
    applicationId: webex.serviceApps.idOf(client) ?? webexId('APPLICATION', client.clientId),
    applicationName: client.name ?? client.clientId,
    personId: user.id,
    clientId: client.clientId,
    created: token.createdAt.toISOString(),
    type: token.type,
  };
}
