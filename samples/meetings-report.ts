import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { tokenSourceFromEnvironment, WebexFetch } from 'webex-token-client';
import { note, runCommand, UsageError, WEBEX_API_URL } from './sample-command';
import { ANALYTICS_SCOPES, ANALYTICS_URLS, collectReport } from './meetings-report/figures';
import { FORMATS } from './meetings-report/formats';
import { coverage, lastMonth, parseMonth } from './meetings-report/month';

/* The monthly report of Webex meetings, for one site or several. */

const HELP = `Usage: npx tsx samples/meetings-report.ts --site example.webex.com [options] > report

Reports the Webex meetings of a month, compared with the month before. Days are days in UTC.

  --site <host>            Webex site; repeat it for several. Default: WEBEX_SITES, separated by commas
  --month <month>          like 2026-10. Default: the last one that is over
  --format <format>        ${Object.keys(FORMATS).join(', ')}. Default: table
  --credential <name>      credential with scopes ${ANALYTICS_SCOPES.join(' and ')}. Default: reports
  --region <region>        Webex region that has the figures: ${Object.keys(ANALYTICS_URLS).join(', ')}. Default: all, in turn
  --no-daily               leave the days out: 2 requests for each site, and not one more for each day
  --help                   show this help

WEBEX_ANALYTICS_URL names other analytics servers, separated by commas.

The platform engineer declares in deployment.ts:
  credentials: [{ name: 'reports', integration: '...', scopes: ['${ANALYTICS_SCOPES.join("', '")}'] }],
  apps: [{ name: 'meetings-report', reads: ['reports'] }],
An administrator of the Webex organization authorizes it: webex-token-vault authorize reports
`;

/** Longer waits are announced on the terminal. */
const LONG_WAIT_MS = 2000;

void runCommand(async (signal) => {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      site: { type: 'string', multiple: true },
      month: { type: 'string' },
      format: { type: 'string', default: 'table' },
      credential: { type: 'string', default: 'reports' },
      region: { type: 'string' },
      daily: { type: 'boolean', default: true },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const now = new Date();
  const covered = coverage(values.month === undefined ? lastMonth(now) : parseMonth(values.month), now);
  const sites = [...new Set((values.site ?? listed(process.env.WEBEX_SITES)).map(parseSite))];
  if (sites.length === 0) {
    throw new UsageError('no Webex site is named; add --site, like --site example.webex.com');
  }
  const format = FORMATS[values.format];
  if (format === undefined) {
    throw new UsageError(`unknown --format "${values.format}"; use one of ${Object.keys(FORMATS).join(', ')}`);
  }
  const urls = chooseUrls(values.region);

  const wait = async (delayMs: number, stop?: AbortSignal): Promise<void> => {
    if (delayMs >= LONG_WAIT_MS) {
      note(`waiting ${Math.ceil(delayMs / 1000)} s before trying again`);
    }
    await sleep(delayMs, undefined, { signal: stop });
  };
  await using tokens = tokenSourceFromEnvironment(values.credential, {
    onWarning: (warning) => note(`warning: ${warning}`),
    retry: { wait },
  });
  const webex = new WebexFetch({ tokens, origins: urls, retry: { attempts: 6, wait } });
  const report = await collectReport({ coverage: covered, sites, urls, webex, daily: values.daily, now, signal });
  process.stdout.write(format(report));
});

/** @throws UsageError unless the text is a host name, as Webex names its sites */
function parseSite(text: string): string {
  const site = text.trim().toLowerCase();
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(site)) {
    const host = URL.canParse(site) ? new URL(site).hostname : '';
    throw new UsageError(
      `--site must be the host name of a Webex site, got "${text}"; use "${host || 'example.webex.com'}"`,
    );
  }
  return site;
}

/** @throws UsageError if the region is unknown, or if the environment names another Webex */
function chooseUrls(region: string | undefined): string[] {
  const named = listed(process.env.WEBEX_ANALYTICS_URL);
  if (region !== undefined) {
    const url = ANALYTICS_URLS[region];
    if (url === undefined) {
      throw new UsageError(`unknown --region "${region}"; use one of ${Object.keys(ANALYTICS_URLS).join(', ')}`);
    }
    return [url];
  }
  if (named.length === 0 && WEBEX_API_URL !== 'https://webexapis.com/v1') {
    throw new UsageError(
      `WEBEX_API_URL names ${WEBEX_API_URL}, and not the analytics server of that Webex; set WEBEX_ANALYTICS_URL to it`,
    );
  }
  return named.length > 0 ? named : Object.values(ANALYTICS_URLS);
}

function listed(text = ''): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
