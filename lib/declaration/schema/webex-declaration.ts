import { z } from 'zod';
import { described, httpsBaseUrl, seconds, strictObject, type Fields, type StrictObject } from './fields';
import { LONGEST_LIFE_SECONDS } from '#core';
import { WEBEX_CLOUDS, type WebexCloudName } from './webex-cloud';

const CLOUD_NAMES = Object.keys(WEBEX_CLOUDS) as [WebexCloudName, ...WebexCloudName[]];

const webexFields = {
  /**
   * `fedramp` is Webex for Government. It sets all addresses that depend on it.
   * @default - the one that the API's URL is of, else "commercial"
   */
  cloud: z.enum(CLOUD_NAMES).optional(),
  /** Base URL of the Webex API: https, or on loopback. @default - that of the cloud */
  apiUrl: httpsBaseUrl.optional(),
  /**
   * How long a refresh token lives, where Webex has told nobody: the engine drops what it says.
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
