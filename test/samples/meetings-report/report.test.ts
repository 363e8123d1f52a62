import { z } from 'zod';
import { WebexResponseError } from '#core';
import { type WebexFetch } from 'webex-token-client';
import { meetingsMetrics } from '../../../rehearsal/webex/meetings-metrics';
import { ANALYTICS_URLS } from '../../../samples/meetings-report/aggregates';
import { atMost } from '../../../samples/meetings-report/at-most';
import { addUp, metricsSchema } from '../../../samples/meetings-report/metrics';
import { change, formatChange, formatFigure } from '../../../samples/meetings-report/number-format';
import { parseSite } from '../../../samples/meetings-report/site-url';
import { directWebex, exampleReport } from '../../fixtures/results/meetings-report';

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

describe('collectReport', () => {
  it('asks for the month, the month before and each day', async () => {
    const report = await exampleReport();
    const [site] = report.sites;
    expect(report).toMatchObject({ month: '2026-10', previousMonth: '2026-09', timeZone: 'UTC', complete: true });
    expect(site?.current).toMatchObject(meetingsMetrics('example.webex.com', '2026-10-01', '2026-10-31'));
    expect(site?.previous).toMatchObject(meetingsMetrics('example.webex.com', '2026-09-01', '2026-09-30'));
    expect(site?.days.map(({ date }) => date)).toEqual(
      Array.from({ length: 31 }, (_, day) => `2026-10-${String(day + 1).padStart(2, '0')}`),
    );
    const meetings = site?.days.reduce((sum, { metrics }) => sum + (metrics.totalMeetings ?? 0), 0);
    expect(meetings).toBe(site?.current.totalMeetings);
  });

  it('adds several sites up, each with its own days', async () => {
    const { sites, total } = await exampleReport({ sites: ['example.webex.com', 'example-eu.webex.com'] });
    const [one, other] = sites;
    expect(total.current.totalMeetings).toBe((one?.current.totalMeetings ?? 0) + (other?.current.totalMeetings ?? 0));
    expect(total.days[30]?.metrics.totalMeetings).toBe(
      (one?.days[30]?.metrics.totalMeetings ?? 0) + (other?.days[30]?.metrics.totalMeetings ?? 0),
    );
    expect(other?.days[30]?.metrics).toMatchObject(meetingsMetrics('example-eu.webex.com', '2026-10-31', '2026-10-31'));
  });

  it('asks twice for each site without the days', async () => {
    const progress: string[] = [];
    const { sites } = await exampleReport({ daily: false, onProgress: (done, all) => progress.push(`${done}/${all}`) });
    expect(sites[0]?.days).toEqual([]);
    expect(progress).toEqual(['1/2', '2/2']);
  });

  it.each([403, 451])('finds the region of a site where others answer %i, and stays there', async (status) => {
    const asked: string[] = [];
    const webex = webexIn('https://analytics-ca.webexapis.com/', asked, status);
    const { sites } = await exampleReport({ webex, analyticsUrls: REGIONS });
    expect(sites[0]?.source).toBe('https://analytics-ca.webexapis.com/v1');
    expect(asked.slice(0, 3)).toEqual(REGIONS.map((url) => new URL(url).host));
    expect(new Set(asked.slice(3))).toEqual(new Set(['analytics-ca.webexapis.com']));
  });

  it('says what a refusal everywhere may mean', async () => {
    const refused = exampleReport({ webex: webexIn('nowhere', []), analyticsUrls: REGIONS });
    await expect(refused).rejects.toThrow(/refuses .* at analytics.webexapis.com, analytics-eu.* not an administrator/);
  });

  it('says what Webex refused with', async () => {
    const refused = exampleReport({ webex: webexIn('nowhere', [], 451), analyticsUrls: REGIONS });
    await expect(refused).rejects.toThrow(/ \(451: not here\); either/);
  });

  it('speaks of regions where only one was asked', async () => {
    const refused = exampleReport({ webex: webexIn('nowhere', []) });
    await expect(refused).rejects.toThrow(/in another region/);
  });

  it('says so where Webex does not know the site', async () => {
    const webex = { json: () => Promise.reject(new WebexResponseError('/x', 404, 'not found')) };
    await expect(exampleReport({ webex })).rejects.toThrow(/no figures of site "example.webex.com".*--site/);
  });
});

describe('metrics', () => {
  it('are unknown, and not nought, where Webex leaves them out', () => {
    const known = metricsSchema.parse({ totalMeetings: 3, participantsByJoinMethods: { webApp: 1 } });
    const partly = metricsSchema.parse({ participantsByJoinMethods: { webApp: 2, phone: 4 } });
    expect(addUp([known, known]).totalMeetings).toBe(6);
    expect(addUp([known, partly]).totalMeetings).toBeUndefined();
    expect(addUp([known, partly]).participantsByJoinMethods).toEqual({ webApp: 3, phone: 4 });
  });

  it('add countries up by name', () => {
    const of = (country: string, totalParticipants: number) =>
      metricsSchema.parse({ participantsByLocation: [{ country, totalParticipants }] });
    expect(addUp([of('Peru', 1), of('Chad', 2), of('Peru', 3)]).participantsByLocation).toEqual([
      { country: 'Peru', totalParticipants: 4 },
      { country: 'Chad', totalParticipants: 2 },
    ]);
  });

  it.each([
    [110, 100, '+10.0%'],
    [95, 100, '−5.0%'],
    [100, 100, '0.0%'],
    [5, 0, '–'],
    [undefined, 100, '–'],
    [100, undefined, '–'],
  ])('change from %p to %p by %s', (current, previous, shown) => {
    expect(formatChange(change(current, previous))).toBe(shown);
  });

  it('are written as people read them', () => {
    expect(formatFigure(1234567)).toBe('1,234,567');
    expect(formatFigure(90, 'minutes')).toBe('2 h');
    expect(formatFigure(undefined)).toBe('–');
  });
});

describe('atMost', () => {
  it('keeps the order, and the number of tasks at a time', async () => {
    let running = 0;
    let most = 0;
    const results = await atMost(3, [30, 5, 20, 1, 10, 2], undefined, async (ms) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, ms));
      running--;
      return ms;
    });
    expect(results).toEqual([30, 5, 20, 1, 10, 2]);
    expect(most).toBe(3);
  });

  it('begins nothing after a failure, and stops what runs', async () => {
    const begun: number[] = [];
    let stopped = false;
    const running = atMost(2, [1, 2, 3, 4], undefined, (item, signal) => {
      begun.push(item);
      signal.addEventListener('abort', () => (stopped = true));
      return item === 2 ? Promise.reject(new Error('no')) : new Promise<never>(() => undefined);
    });
    await expect(running).rejects.toThrow('no');
    expect(begun).toEqual([1, 2]);
    expect(stopped).toBe(true);
  });
});

describe('parseSite', () => {
  it('takes a host name', () => expect(parseSite(' Example.Webex.com ')).toBe('example.webex.com'));

  it.each([
    ['https://example.webex.com/', 'use "example.webex.com"'],
    ['example', 'use "example.webex.com"'],
    ['', 'use "example.webex.com"'],
    ['a b.c', 'use "example.webex.com"'],
  ])('refuses "%s"', (text, advice) => {
    expect(() => parseSite(text)).toThrow(advice);
  });
});
