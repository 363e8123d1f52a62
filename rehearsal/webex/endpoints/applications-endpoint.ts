import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { ApiRefusal, refuseMethod } from '../replies/api-refusal';
import { requireToken } from '../bearer-token';
import { isSecretOf } from '../client-authentication';
import type { Simulation, SimulatorEnv } from '../simulation';
import { firstTokenReply } from '../replies/token-reply';

const request = z.strictObject({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  targetOrgId: z.string().min(1),
});

/**
 * `POST /v1/applications/{applicationId}/token`: a token pair of a Service App, for an integration or another Service App
 * of the owning organization.
 *
 * @see https://developer.webex.com/admin/docs/api/v1/service-apps/create-service-app-access-token
 */
export function applicationsEndpoint(webex: Simulation): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.post('/:applicationId/token', async (c) => {
    const caller = requireToken(webex, c, { allScopes: ['spark:applications_token'] });
    const { clientId, clientSecret, targetOrgId } = await readBody(c);
    const serviceApp = webex.serviceApps.find(c.req.param('applicationId'), caller.grant.user.orgId);
    if (serviceApp === undefined) {
      throw new ApiRefusal(404, 'The requested resource could not be found.', {}, 'Service App not found');
    }
    // The documentation says "an integration or another Service App".
    if (caller.grant.client === serviceApp) {
      throw new ApiRefusal(403, 'A Service App cannot ask for its own tokens.');
    }
    if (clientId !== serviceApp.clientId) {
      throw new ApiRefusal(400, 'Invalid client credentials', {}, 'The provided clientId is invalid');
    }
    if (!isSecretOf(serviceApp, clientSecret)) {
      throw new ApiRefusal(400, 'Invalid client credentials', {}, 'The provided clientSecret is invalid');
    }
    const user = webex.serviceApps.accountIn(serviceApp, targetOrgId);
    if (user === undefined || webex.behavior.switchedOff?.clientId === clientId) {
      throw new ApiRefusal(
        webex.behavior.unauthorizedServiceApp,
        'The Service App is not authorized by a full administrator of the organization.',
      );
    }
    return c.json(firstTokenReply(webex, webex.grants.add({ client: serviceApp, user, scopes: serviceApp.scopes })));
  });
  app.all('/:applicationId/token', refuseMethod('POST'));
  return app;
}

async function readBody(c: Context<SimulatorEnv>): Promise<z.infer<typeof request>> {
  if (c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new ApiRefusal(415, 'The body must be application/json.');
  }
  if (new URL(c.req.url).search !== '') {
    throw new ApiRefusal(400, 'Parameters belong in the body, not in the URL, where logs keep them.');
  }
  const body: unknown = await c.req.json().catch(() => undefined);
  const { data } = request.safeParse(body);
  if (data === undefined) {
    throw new ApiRefusal(400, 'The body must have clientId, clientSecret and targetOrgId, and nothing else.');
  }
  return data;
}
