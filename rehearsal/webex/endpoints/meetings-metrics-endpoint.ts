import { Hono } from 'hono';
import { ApiRefusal, refuseMethod } from '../replies/api-refusal';
import { requireToken } from '../bearer-token';
import { meetingsMetrics, SITES, type AnalyticsRegion } from '../meetings-metrics';
import type { Simulation, SimulatorEnv } from '../simulation';

/** Paths of the regions' servers. Webex has a host for each region. */
export const ANALYTICS_PATHS: Readonly<Record<AnalyticsRegion, string>> = {
  us: '/analytics/v1',
  eu: '/analytics-eu/v1',
  ca: '/analytics-ca/v1',
};

/** `GET analytics/meetingsMetrics/aggregates` of one region. */
export function meetingsMetricsEndpoint(webex: Simulation, region: AnalyticsRegion): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.get('/', (c) => {
    requireToken(webex, c, {
      allScopes: ['analytics:read_all', 'identity:people_read'],
      anyRole: ['id_full_admin', 'id_readonly_admin'],
    });
    const siteUrl = c.req.query('siteUrl');
    if (!siteUrl) {
      throw new ApiRefusal(400, 'siteUrl is missing; name the Webex site, like example.webex.com');
    }
    const from = readDate('from', c.req.query('from'));
    const to = readDate('to', c.req.query('to'));
    if (from > to) {
      throw new ApiRefusal(400, `from must not be after to, got ${from} and ${to}`);
    }
    const home = (['us', 'eu', 'ca'] as const).find((candidate) => SITES[candidate] === siteUrl);
    if (home === undefined) {
      throw new ApiRefusal(404, 'The requested resource could not be found.');
    }
    if (home !== region) {
      throw new ApiRefusal(
        403,
        `This server cannot serve the data for this organization. Please use ${webex.url}${ANALYTICS_PATHS[home]}`,
      );
    }
    return c.json({ siteUrl, startDate: from, endDate: to, metrics: meetingsMetrics(siteUrl, from, to) });
  });
  app.all('/', refuseMethod('GET'));
  return app;
}

/** A date of the calendar, in UTC. */
function readDate(name: string, value: string | undefined): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value ?? '') ? new Date(`${value ?? ''}T00:00:00Z`) : undefined;
  // JavaScript parses the 30th of February as a day of March.
  if (value === undefined || !day || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== value) {
    throw new ApiRefusal(400, `${name} must be a UTC date, like 2026-01-31`);
  }
  return value;
}
