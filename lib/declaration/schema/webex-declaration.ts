import { z } from 'zod';
import { described, httpsBaseUrl, seconds, strictObject, type Fields, type StrictObject } from './fields';
import { rules } from './rules';
import { LONGEST_LIFE_SECONDS } from '#core';

/** A cloud of Webex. Accounts of the commercial and the government cloud are separate. */
interface WebexCloud {
  /** Base URL of its API. */
  readonly apiUrl: string;
  /** Page where people see and revoke their consents. */
  readonly tokensPage: string;
}

/** @see https://developer-usgov.webex.com/docs/api/guides/create-a-fedramp-integration */
export const WEBEX_CLOUDS = {
  commercial: {
    apiUrl: 'https://webexapis.com/v1',
    tokensPage: 'https://idbroker.webex.com/idb/profile#/tokens',
  },
  /** Webex for Government. */
  fedramp: {
    apiUrl: 'https://api-usgov.webex.com/v1',
    tokensPage: 'the tokens page of Webex for Government (see https://developer-usgov.webex.com)',
  },
} as const satisfies Readonly<Record<string, WebexCloud>>;

export type WebexCloudName = keyof typeof WEBEX_CLOUDS;

/** Cloud with this API. @returns undefined for another API, such as a rehearsal's */
export function webexCloudAt(apiUrl: string | undefined): WebexCloudName | undefined {
  const names = Object.keys(WEBEX_CLOUDS) as WebexCloudName[];
  return names.find((name) => WEBEX_CLOUDS[name].apiUrl === apiUrl);
}

const CLOUD_NAMES = Object.keys(WEBEX_CLOUDS) as [WebexCloudName, ...WebexCloudName[]];

const webexFields = {
  /**
   * Cloud of Webex. It sets all addresses of Webex. `fedramp` is Webex for Government.
   * @default - the cloud of `apiUrl`, or "commercial" if `apiUrl` is left out
   * @example 'fedramp'
   */
  cloud: z.enum(CLOUD_NAMES).optional(),
  /** Base URL of the Webex API. @default - the API of `cloud` @example 'https://webexapis.com/v1' */
  apiUrl: httpsBaseUrl.optional().register(rules, { rule: 'not the API of another cloud than `cloud`' }),
  /**
   * Lifetime of a refresh token. Set it if Webex issues refresh tokens with a shorter lifetime. The engine does not keep the
   * lifetime that Webex states.
   * @default 7775999 (90 days, as in Webex's documentation; shorter lifetimes were seen)
   * @example 5184000
   * @see https://developer.webex.com/docs/integrations#using-the-refresh-token
   */
  refreshTokenTtlSeconds: seconds
    .max(LONGEST_LIFE_SECONDS, {
      error: ({ input }) =>
        `must be ${LONGEST_LIFE_SECONDS} (ten years) at most, got ${described(input)}; use the lifetime that Webex states`,
    })
    .default(7_775_999),
};

export interface WebexDeclarationFields extends Fields<typeof webexFields> {}

/** Webex, for all integrations. */
export const webexDeclaration: StrictObject<WebexDeclarationFields> = strictObject(webexFields);
