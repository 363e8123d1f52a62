import type { z } from 'zod';
import { type WebexFetch, WebexResponseError } from 'webex-token-client';
import { meetingsMetrics } from '../../../rehearsal/webex/meetings-metrics';
import { ANALYTICS_URLS } from '../../../samples/meetings-report/figures';
import { directWebex, exampleReport, parsed } from '../../fixtures/results/meetings-report';

const REGIONS = Object.values(ANALYTICS_URLS);

/** Answers for one region, and refuses in the others. */
function webexIn(region: string, asked: string[], status = 403): Pick<WebexFetch, 'json'> {
  return {
    json: <T>(url: string | URL, reply: z.ZodType<T>) => {
      asked.push(new URL(url).host);
      return String(url).startsWith(region)
        ? directWebex.json(url, reply)
        : Promise.reject(new WebexResponseError('/x', status, 'not here'));
    },
  };
}

it('the report asks for the month, the previous month and each day', async () => {
  const report = await exampleReport();
  const [site] = report.sites;
  expect(report).toMatchObject({ month: '2026-10', complete: true });
  expect(meetingsMetrics('example.webex.com', '2026-10-01', '2026-10-31')).toMatchObject(site?.current ?? {});
  expect(meetingsMetrics('example.webex.com', '2026-09-01', '2026-09-30')).toMatchObject(site?.previous ?? {});
  expect(site?.days.map(({ date }) => date)).toEqual(
    Array.from({ length: 31 }, (_, day) => `2026-10-${String(day + 1).padStart(2, '0')}`),
  );
  const meetings = site?.days.reduce((sum, { figures }) => sum + (figures.totalMeetings ?? 0), 0);
  expect(meetings).toBe(site?.current.totalMeetings);
});

it('the report gives each of several sites its own days', async () => {
  const { sites } = await exampleReport({ sites: ['example.webex.com', 'example-eu.webex.com'] });
  const last = sites[1]?.days[30]?.figures ?? {};
  expect(meetingsMetrics('example-eu.webex.com', '2026-10-31', '2026-10-31')).toMatchObject(last);
  expect(last).not.toEqual({});
});

it('the report without days asks twice for each site', async () => {
  const asked: string[] = [];
  const { sites } = await exampleReport({ daily: false, webex: webexIn('https://', asked) });
  expect(sites[0]?.days).toEqual([]);
  expect(asked).toHaveLength(2);
});

it.each([403, 451])(
  'the report finds the region of a site if others answer %i, and continues there',
  async (status) => {
    const asked: string[] = [];
    const webex = webexIn('https://analytics-ca.webexapis.com/', asked, status);
    const { sites } = await exampleReport({ webex, urls: REGIONS });
    expect(sites[0]?.source).toBe('https://analytics-ca.webexapis.com/v1');
    expect(asked.slice(0, 3)).toEqual(REGIONS.map((url) => new URL(url).host));
    expect(new Set(asked.slice(3))).toEqual(new Set(['analytics-ca.webexapis.com']));
  },
);

it('the error explains a refusal by every region and quotes Webex', async () => {
  await expect(exampleReport({ webex: webexIn('nowhere', [], 451), urls: REGIONS })).rejects.toThrow(
    /refuses .* at analytics.webexapis.com, analytics-eu.* \(451: not here\); check the region, .* administrator/,
  );
});

it('the error says that Webex does not know the site', async () => {
  const webex = { json: () => Promise.reject(new WebexResponseError('/x', 404, 'not found')) };
  await expect(exampleReport({ webex })).rejects.toThrow(/no figures of site "example.webex.com".*--site/);
});

it('the report keeps a figure unknown if Webex omits it', async () => {
  const webex: Pick<WebexFetch, 'json'> = {
    json: (_, reply) => parsed(reply, { siteUrl: 'x', metrics: { totalMeetings: 1 } }),
  };
  const { sites } = await exampleReport({ daily: false, webex });
  expect(sites[0]?.current).toEqual({ totalMeetings: 1 });
});
