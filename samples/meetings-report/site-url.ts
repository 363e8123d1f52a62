import { UsageError } from '../usage-error';

/** @throws UsageError unless it is a host name, as Webex names its sites */
export function parseSite(text: string): string {
  const site = text.trim().toLowerCase();
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(site)) {
    return site;
  }
  const host = URL.canParse(site) ? new URL(site).hostname : '';
  throw new UsageError(
    `--site must be the host name of a Webex site, got "${text}"; use "${host || 'example.webex.com'}"`,
  );
}
