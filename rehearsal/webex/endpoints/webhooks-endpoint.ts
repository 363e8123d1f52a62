import { Hono } from 'hono';
import { z } from 'zod';
import { ApiRefusal, refuseMethod } from '../replies/api-refusal';
import { requireToken } from '../bearer-token';
import { describeWebhook } from '../service-app-webhooks';
import type { Simulation, SimulatorEnv } from '../simulation';

const registration = z.strictObject({
  name: z.string().min(1),
  targetUrl: z.url({ protocol: /^https$/ }),
  resource: z.literal('serviceApp'),
  event: z.enum(['authorized', 'deauthorized']),
  filter: z
    .string()
    .regex(/^id=\S+$/)
    .optional(),
  secret: z.string().min(1).optional(),
});

/**
 * `/v1/webhooks` for events of Service Apps alone.
 *
 * @see https://developer.webex.com/docs/api/v1/webhooks
 * @see https://developer.webex.com/webex-contact-center/docs/integration-scopes for both scopes
 */
export function webhooksEndpoint(webex: Simulation): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.post('/', async (c) => {
    const { user } = requireToken(webex, c, { allScopes: ['application:webhooks_write'] }).grant;
    const { data } = registration.safeParse(await c.req.json().catch(() => undefined));
    if (data === undefined) {
      throw new ApiRefusal(
        400,
        'The webhook must have name, an https targetUrl, resource serviceApp, event authorized or deauthorized, and may have filter id=... and secret.',
      );
    }
    const { filter, ...more } = data;
    const webhook = webex.webhooks.register({ ...more, applicationId: filter?.slice('id='.length), owner: user });
    return c.json(describeWebhook(webhook));
  });
  app.get('/', (c) => {
    const { user } = requireToken(webex, c, { allScopes: ['application:webhooks_read'] }).grant;
    return c.json({ items: webex.webhooks.list.filter(({ owner }) => owner === user).map(describeWebhook) });
  });
  app.all('/', refuseMethod('GET', 'POST'));
  return app;
}
