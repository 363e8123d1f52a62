import { InvalidArgumentError, Option } from 'commander';

/** Where the Webex API is, such as a simulated one. */
export function apiUrlOption(): Option {
  return new Option('--api-url <url>', 'base URL of the Webex API')
    .default('https://webexapis.com/v1')
    .env('WEBEX_API_URL')
    .argParser(parse);
}

function parse(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('Write it like "https://webexapis.com/v1".');
  }
  return text.replace(/\/+$/, '');
}
