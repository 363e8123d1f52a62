import { InvalidArgumentError, Option } from 'commander';

/** The Webex of everybody. */
export const WEBEX_API_URL = 'https://webexapis.com/v1';

/** Where the Webex API is, such as a simulated one. */
export function apiUrlOption(): Option {
  return new Option('--api-url <url>', 'base URL of the Webex API')
    .default(WEBEX_API_URL)
    .env('WEBEX_API_URL')
    .argParser(parse);
}

function parse(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError(`Write it like "${WEBEX_API_URL}".`);
  }
  return text.replace(/\/+$/, '');
}
