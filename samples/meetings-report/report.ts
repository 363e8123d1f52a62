import type { WebexFetch } from 'webex-token-client';
import { SiteAnalytics } from './aggregates';
import { atMost } from './at-most';
import { addUp, type Metrics } from './metrics';
import { coverage, daysOf, monthBefore, monthId, type Coverage, type Month } from './month';

/** Requests under way at a time: the whole report takes some dozens, and Webex limits their rate. */
const CONCURRENCY = 4;

export interface DayFigures {
  readonly date: string;
  readonly metrics: Metrics;
}

export interface SiteReport {
  readonly siteUrl: string;
  /** Base URL of the Webex region that the figures came from. */
  readonly source: string;
  readonly current: Metrics;
  readonly previous: Metrics;
  /** Each day of the period, unless left out. */
  readonly days: readonly DayFigures[];
}

export interface Report extends Coverage {
  readonly month: string;
  readonly previousMonth: string;
  /** Of all dates. */
  readonly timeZone: 'UTC';
  readonly generatedAt: string;
  readonly sites: readonly SiteReport[];
  /** All sites together. */
  readonly total: Pick<SiteReport, 'current' | 'previous' | 'days'>;
}

export interface ReportOptions {
  readonly month: Month;
  readonly sites: readonly string[];
  readonly analyticsUrls: readonly string[];
  readonly webex: Pick<WebexFetch, 'json'>;
  /** Ask for each day too: one request for each, as Webex gives only sums. @default true */
  readonly daily?: boolean;
  /** @default - now */
  readonly now?: Date;
  /** Called after each answer. */
  readonly onProgress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/** Asks Webex for all that the report shows. */
export async function collectReport(options: ReportOptions): Promise<Report> {
  const { month, daily = true, now = new Date() } = options;
  const { period, comparedWith, complete } = coverage(month, now);
  const sites = options.sites.map((site) => new SiteAnalytics(site, options.webex, options.analyticsUrls));
  const days = daily ? daysOf(period) : [];
  const all = sites.length * (2 + days.length);
  let done = 0;
  const ask = async (site: SiteAnalytics, from: string, to: string, signal: AbortSignal): Promise<Metrics> => {
    const metrics = await site.metrics({ from, to }, signal);
    options.onProgress?.(++done, all);
    return metrics;
  };
  // The first question finds out which region has the site.
  const current = await atMost(CONCURRENCY, sites, options.signal, (site, signal) =>
    ask(site, period.from, period.to, signal),
  );
  const questions = sites.flatMap((site) => [
    { site, ...comparedWith },
    ...days.map((day) => ({ site, from: day, to: day })),
  ]);
  const answers = await atMost(CONCURRENCY, questions, options.signal, ({ site, from, to }, signal) =>
    ask(site, from, to, signal),
  );
  const reports = sites.map((site, index): SiteReport => {
    const start = index * (1 + days.length);
    const [previous = addUp([]), ...daily] = answers.slice(start, start + 1 + days.length);
    const perDay = daily.map((metrics, day) => ({ date: days[day] ?? '', metrics }));
    return { siteUrl: site.siteUrl, source: site.url, current: current[index] ?? addUp([]), previous, days: perDay };
  });
  return {
    month: monthId(month),
    previousMonth: monthId(monthBefore(month)),
    timeZone: 'UTC',
    period,
    comparedWith,
    complete,
    generatedAt: now.toISOString(),
    sites: reports,
    total: {
      current: addUp(reports.map((report) => report.current)),
      previous: addUp(reports.map((report) => report.previous)),
      days: days.map((date, day) => ({
        date,
        metrics: addUp(reports.flatMap((report) => report.days[day]?.metrics ?? [])),
      })),
    },
  };
}
