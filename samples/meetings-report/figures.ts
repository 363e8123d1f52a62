import { ExplainedError, NotPermitted, type WebexFetch, WebexResponseError } from 'webex-token-client';
import { z } from 'zod';
import { type Coverage, daysOf, type Period } from './month';

/** Webex keeps the figures of an organization in one region, behind a host of that region. */
export const ANALYTICS_URLS: Readonly<Record<string, string>> = {
  us: 'https://analytics.webexapis.com/v1',
  eu: 'https://analytics-eu.webexapis.com/v1',
  ca: 'https://analytics-ca.webexapis.com/v1',
};

export const ANALYTICS_SCOPES = ['analytics:read_all', 'identity:people_read'];

/** Documented answers of a region without the site. 403 has other meanings too. */
const WRONG_REGION = [403, 451];

/** Number of concurrent requests: Webex limits their rate. */
const AT_ONCE = 4;

const count = z.number().nonnegative().optional();

/** Figures of a site for some days. A missing figure is unknown, not zero. */
const figures = z.object({
  totalMeetings: count,
  totalParticipants: count,
  totalUniqueHosts: count,
  totalMeetingMinutes: count,
  totalAudioMinutes: count,
  totalVoIPMinutes: count,
  totalTelephoneMinutes: count,
  videoMeetings: count,
  sharingMeetings: count,
  recordingMeetings: count,
});

const reply = z.object({ metrics: figures });

/** @see https://developer.webex.com/admin/docs/api/v1/historical-analytics-apis */
export type Figures = z.output<typeof figures>;

export interface SiteReport {
  readonly siteUrl: string;
  /** Base URL of the Webex region that has the figures. */
  readonly source: string;
  readonly current: Figures;
  readonly previous: Figures;
  /** Each day of the period, if asked for. */
  readonly days: readonly { readonly date: string; readonly figures: Figures }[];
}

export interface Report extends Coverage {
  readonly generatedAt: string;
  readonly sites: readonly SiteReport[];
}

export interface ReportOptions {
  readonly coverage: Coverage;
  readonly sites: readonly string[];
  /** Base URLs of the regions, tried in this order until one does not refuse the site. */
  readonly urls: readonly string[];
  readonly webex: Pick<WebexFetch, 'json'>;
  /** Whether to ask for each day too. That takes one request a day, because Webex returns only sums. */
  readonly daily: boolean;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

/**
 * Requests the figures of the report from Webex.
 *
 * @throws NotPermitted if every region refuses, ExplainedError if Webex does not know the site
 */
export async function collectReport(options: ReportOptions): Promise<Report> {
  const sites: SiteReport[] = [];
  for (const siteUrl of options.sites) {
    sites.push(await collectSite(siteUrl, options));
  }
  return { ...options.coverage, generatedAt: options.now.toISOString(), sites };
}

async function collectSite(siteUrl: string, options: ReportOptions): Promise<SiteReport> {
  const { period, comparedWith } = options.coverage;
  const { source, current } = await findRegion(siteUrl, options);
  const previous = await ask(source, siteUrl, comparedWith, options);
  const dates = options.daily ? daysOf(period) : [];
  const days: SiteReport['days'][number][] = [];
  for (let start = 0; start < dates.length; start += AT_ONCE) {
    const some = dates.slice(start, start + AT_ONCE);
    const asked = some.map(async (date) => ({
      date,
      figures: await ask(source, siteUrl, { from: date, to: date }, options),
    }));
    days.push(...(await Promise.all(asked)));
  }
  return { siteUrl, source, current, previous, days };
}

/** Finds the region of the site by its first request. */
async function findRegion(siteUrl: string, options: ReportOptions): Promise<{ source: string; current: Figures }> {
  let refusal: WebexResponseError | undefined;
  for (const source of options.urls) {
    try {
      return { source, current: await ask(source, siteUrl, options.coverage.period, options) };
    } catch (error) {
      if (!(error instanceof WebexResponseError) || !WRONG_REGION.includes(error.statusCode)) {
        throw error;
      }
      refusal = error;
    }
  }
  const hosts = options.urls.map((url) => new URL(url).host).join(', ');
  throw new NotPermitted(
    `Webex refuses the figures of site "${siteUrl}" at ${hosts} (${refusal?.statusCode}: ${refusal?.said}); check the region, the scopes ${ANALYTICS_SCOPES.join(' and ')}, and that an administrator of the organization of that site authorized it`,
  );
}

async function ask(
  url: string,
  siteUrl: string,
  { from, to }: Period,
  { webex, signal }: ReportOptions,
): Promise<Figures> {
  const query = new URLSearchParams({ siteUrl, from, to });
  try {
    const address = `${url}/analytics/meetingsMetrics/aggregates?${query.toString()}`;
    return (await webex.json(address, reply, { signal })).metrics;
  } catch (error) {
    if (error instanceof WebexResponseError && [400, 404].includes(error.statusCode)) {
      throw new ExplainedError(
        `Webex has no figures of site "${siteUrl}" (${error.statusCode}: ${error.said}); check the name in --site`,
      );
    }
    throw error;
  }
}
