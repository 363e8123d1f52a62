/** One of the clouds that Webex runs: whoever has an account in one has none in the other. */
export interface WebexCloud {
  /** Base URL of its API. */
  readonly apiUrl: string;
  /** Where people see and end what they have consented to, in words. */
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

/** The one that this is the API of. @returns undefined where it is none of them, as in a rehearsal */
export function webexCloudAt(apiUrl: string | undefined): WebexCloudName | undefined {
  const names = Object.keys(WEBEX_CLOUDS) as WebexCloudName[];
  return names.find((name) => WEBEX_CLOUDS[name].apiUrl === apiUrl);
}
