import { Hono } from 'hono';
import { ApiRefusal, refuseMethod } from '../replies/api-refusal';
import { requireToken } from '../bearer-token';
import { describePerson } from '../simulated-user';
import type { Simulation, SimulatorEnv } from '../simulation';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;

/** `GET /v1/people/me` and the paginated `GET /v1/people`. */
export function peopleEndpoint(webex: Simulation): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.get('/me', (c) => {
    const { grant } = requireToken(webex, c, { anyScope: ['spark:people_read', 'spark-admin:people_read'] });
    return c.json(describePerson(grant.user));
  });
  app.get('/', (c) => {
    const { grant } = requireToken(webex, c, {
      allScopes: ['spark-admin:people_read'],
      anyRole: ['id_full_admin', 'id_readonly_admin', 'id_user_admin'],
    });
    const size = pageSize(c.req.query('max'));
    const start = readCursor(c.req.query('cursor'));
    const people = webex.users.filter((user) => user.orgId === grant.user.orgId);
    if (start + size < people.length) {
      // A client that builds the next URL itself would miss the cursor.
      const next = `${webex.url}/v1/people?${new URLSearchParams({ max: String(size), cursor: writeCursor(start + size) }).toString()}`;
      c.header('Link', `<${next}>; rel="next"`);
    }
    return c.json({ items: people.slice(start, start + size).map(describePerson) });
  });
  app.all('/', refuseMethod('GET'));
  app.all('/me', refuseMethod('GET'));
  return app;
}

function pageSize(max: string | undefined): number {
  const size = max === undefined ? DEFAULT_PAGE_SIZE : Number(max);
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE_SIZE) {
    throw new ApiRefusal(400, `max must be a whole number from 1 to ${MAX_PAGE_SIZE}`);
  }
  return size;
}

function writeCursor(start: number): string {
  return Buffer.from(`start:${start}`).toString('base64url');
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) {
    return 0;
  }
  const start = /^start:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (start === undefined) {
    throw new ApiRefusal(400, 'cursor must come from a "next" link');
  }
  return Number(start);
}
