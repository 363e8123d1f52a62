import { z } from 'zod';
import { described, httpsBaseUrl, seconds, strictObject, type Fields, type StrictObject } from './fields';
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
    tokensPage: 'the page for tokens of Webex for Government, for which see https://developer-usgov.webex.com',
  },
} as const satisfies Readonly<Record<string, WebexCloud>>;

export type WebexCloudName = keyof typeof WEBEX_CLOUDS;

/** Cloud with this API. @returns undefined if it is another API, as in a rehearsal */
export function webexCloudAt(apiUrl: string | undefined): WebexCloudName | undefined {
  const names = Object.keys(WEBEX_CLOUDS) as WebexCloudName[];
  return names.find((name) => WEBEX_CLOUDS[name].apiUrl === apiUrl);
}

const CLOUD_NAMES = Object.keys(WEBEX_CLOUDS) as [WebexCloudName, ...WebexCloudName[]];

const webexFields = {
  /**
   * `fedramp` is Webex for Government. It sets all addresses of Webex.
   * @default - that of `apiUrl`, else "commercial"
   */
  cloud: z.enum(CLOUD_NAMES).optional(),
  /** Base URL of the Webex API: https, or on loopback. @default - that of the cloud */
  apiUrl: httpsBaseUrl.optional(),
  /**
   * How long a refresh token lives. The engine does not keep what Webex says about it.
   *
   * @default 7775999 (90 days, as its documentation has it; less was seen)
   * @see https://developer.webex.com/docs/integrations#using-the-refresh-token
   */
  refreshTokenTtlSeconds: seconds
    .max(LONGEST_LIFE_SECONDS, {
      error: ({ input }) =>
        `must be ${LONGEST_LIFE_SECONDS} (ten years) at most, got ${described(input)}; give what Webex told you`,
    })
    .default(7_775_999),
};

export interface WebexDeclarationFields extends Fields<typeof webexFields> {}

/** Webex itself, for all integrations. */
export const webexDeclaration: StrictObject<WebexDeclarationFields> = strictObject(webexFields);
