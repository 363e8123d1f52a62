/** One of the clouds that Webex runs: whoever has an account in one has none in the other. */
export interface WebexCloud {
  /** Base URL of its API. */
  readonly apiUrl: string;
  /** Where its administrators allow integrations and authorise Service Apps. */
  readonly controlHubUrl: string;
  /** Where its integrations are documented and, but for the government's, registered. */
  readonly developerUrl: string;
  /** Where people see and end what they have consented to. */
  readonly tokensPage: string;
}

/** @see https://developer-usgov.webex.com/docs/api/guides/create-a-fedramp-integration */
export const WEBEX_CLOUDS = {
  commercial: {
    apiUrl: 'https://webexapis.com/v1',
    controlHubUrl: 'https://admin.webex.com',
    developerUrl: 'https://developer.webex.com',
    tokensPage: 'https://idbroker.webex.com/idb/profile#/tokens',
  },
  /** Webex for Government. */
  fedramp: {
    apiUrl: 'https://api-usgov.webex.com/v1',
    controlHubUrl: 'https://admin-usgov.webex.com',
    developerUrl: 'https://developer-usgov.webex.com',
    tokensPage: 'the page for tokens of Webex for Government, for which see https://developer-usgov.webex.com',
  },
} as const satisfies Readonly<Record<string, WebexCloud>>;

export type WebexCloudName = keyof typeof WEBEX_CLOUDS;
