import { InvalidArgumentError } from 'commander';

/** Elsewhere the authorization code would travel over a network, and this app serves this machine only. */
export const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** For an option. The text is kept as it is, since Webex compares it with the one that is registered. */
export function parseRedirectUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' || !LOOPBACK_HOSTS.includes(url.hostname) || url.search || url.hash || url.username) {
    throw new InvalidArgumentError('Write a loopback http URL, like "http://localhost:5000/auth".');
  }
  return text;
}
