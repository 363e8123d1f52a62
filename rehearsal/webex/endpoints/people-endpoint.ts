import { Hono } from 'hono';
import { refuseMethod } from '../replies/api-refusal';
import { requireToken } from '../bearer-token';
import { describePerson } from '../simulated-user';
import type { Simulation, SimulatorEnv } from '../simulation';

/** `GET /v1/people/me`. */
export function peopleEndpoint(webex: Simulation): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.get('/me', (c) => {
    const { grant } = requireToken(webex, c, { anyScope: ['spark:people_read', 'spark-admin:people_read'] });
    return c.json(describePerson(grant.user));
  });
  app.all('/me', refuseMethod('GET'));
  return app;
}
