import { z } from 'zod';
import { ExplainedError, NotPermitted, type WebexFetch, WebexResponseError } from 'webex-token-client';
import { metricsSchema, type Metrics } from './metrics';
import type { Period } from './month';

/** Webex keeps the figures of an organization in one region, behind a host of that region. */
export const ANALYTICS_URLS: Readonly<Record<string, string>> = {
  us: 'https://analytics.webexapis.com/v1',
  eu: 'https://analytics-eu.webexapis.com/v1',
  ca: 'https://analytics-ca.webexapis.com/v1',
};

export const ANALYTICS_SCOPES = ['analytics:read_all', 'identity:people_read'];

/** Both have been documented as the answer of a region that does not have the site; 403 means other refusals too. */
const WRONG_REGION = [403, 451];

const reply = z.object({ siteUrl: z.string(), metrics: metricsSchema });

/** The figures of one site. */
export class SiteAnalytics {
  #url?: string;

  constructor(
    readonly siteUrl: string,
    private readonly webex: Pick<WebexFetch, 'json'>,
    /** Base URLs of the regions, tried in this order until one does not refuse the site. */
    private readonly urls: readonly string[],
  ) {}

  /** Base URL of the region that has the figures, once it is known. */
  get url(): string {
    return this.#url ?? this.urls[0] ?? '';
  }

  /** @throws ExplainedError where every region refuses, or as {@link WebexFetch.json} does */
  async metrics(period: Period, signal?: AbortSignal): Promise<Metrics> {
    if (this.#url !== undefined) {
      return this.#ask(this.#url, period, signal);
    }
    let refusal: WebexResponseError | undefined;
    for (const url of this.urls) {
      try {
        const metrics = await this.#ask(url, period, signal);
        this.#url = url;
        return metrics;
      } catch (error) {
        if (!(error instanceof WebexResponseError) || !WRONG_REGION.includes(error.statusCode)) {
          throw error;
        }
        refusal = error;
      }
    }
    throw this.#refusedEverywhere(refusal);
  }

  async #ask(url: string, { from, to }: Period, signal: AbortSignal | undefined): Promise<Metrics> {
    const query = new URLSearchParams({ siteUrl: this.siteUrl, from, to });
    try {
      const address = `${url.replace(/\/+$/, '')}/analytics/meetingsMetrics/aggregates?${query.toString()}`;
      return (await this.webex.json(address, reply, { signal })).metrics;
    } catch (error) {
      if (error instanceof WebexResponseError && [400, 404].includes(error.statusCode)) {
        throw new ExplainedError(
          `Webex has no figures of site "${this.siteUrl}" (${error.statusCode}: ${error.said}); check the name in --site`,
        );
      }
      throw error;
    }
  }

  #refusedEverywhere(refusal: WebexResponseError | undefined): NotPermitted {
    const said = refusal === undefined ? 'no message' : `${refusal.statusCode}: ${refusal.said}`;
    const where = this.urls.map((url) => new URL(url).host).join(', ');
    const region = this.urls.length > 1 ? '' : 'the figures are in another region, ';
    const scopes = `the credential lacks scope ${ANALYTICS_SCOPES.join(' or ')}`;
    return new NotPermitted(
      `Webex refuses the figures of site "${this.siteUrl}" at ${where} (${said}); either ${region}${scopes}, the site is of another organization, or who authorized the credential is not an administrator of it`,
    );
  }
}
