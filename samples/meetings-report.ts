import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { tokenSourceFromEnvironment, WebexFetch } from 'webex-token-client';
import { ourCommand } from '#core';
import { WEBEX_API_URL } from './api-url';
import { createCommand, runCommand } from './command';
import { ANALYTICS_SCOPES, ANALYTICS_URLS } from './meetings-report/aggregates';
import { coverage, lastMonth, parseMonth } from './meetings-report/month';
import { checkWritable, chooseOutputs, deliver, type OutputOptions } from './meetings-report/output';
import { Progress } from './meetings-report/progress';
import { collectReport, type Report } from './meetings-report/report';
import { parseSite } from './meetings-report/site-url';
import { UsageError } from './usage-error';

/*
 * The monthly report of Webex meeting activity, for one site or several.
 */

interface Options extends OutputOptions {
  readonly credential: string;
  readonly month?: string;
  readonly site?: string[];
  readonly region?: string;
  readonly analyticsUrl?: string[];
  readonly daily: boolean;
}

/** A wait that is worth a word on the terminal. */
const LONG_WAIT_MS = 2000;

const DECLARATION = `
What the platform engineer declares in deployment.ts, next to what is there:
  credentials: [{ name: 'reports', integration: '...', scopes: ['${ANALYTICS_SCOPES.join("', '")}'] }],
  apps: [{ name: 'meetings-report', reads: ['reports'] }],
Both scopes must be ticked at the Webex Integration too. An administrator of the Webex organization authorizes it:
  ${ourCommand('authorize', 'reports')}

Days are days in UTC, as Webex counts them. A month that still runs is compared with the same days of the month before.
`;

function build(signal: AbortSignal): Command {
  return createCommand({
    name: 'meetings-report',
    summary:
      'Reports the Webex meetings of a month, compared with the month before: as a table, or as CSV, JSON or a page.',
    environment: {
      WEBEX_SITES: 'sites to report, separated by commas, where there is no --site',
      WEBEX_ANALYTICS_URL: 'as --analytics-url, separated by commas; needed where WEBEX_API_URL names another Webex',
    },
  })
    .option('--month <month>', 'month to report, like 2026-10; default: the last one that is over')
    .option('--site <host>', 'Webex site, like example.webex.com; repeat it for several', collect)
    .option('--credential <name>', `credential to use, with scopes ${ANALYTICS_SCOPES.join(' and ')}`, 'reports')
    .option(
      '--region <region>',
      `where Webex keeps the figures: ${Object.keys(ANALYTICS_URLS).join(', ')}; default: all, in turn`,
    )
    .option('--analytics-url <url>', 'base URL of other analytics servers; repeat it to try several in turn', collect)
    .option('--no-daily', 'leave the days out: 2 requests for each site, not one more for each day')
    .option('--csv [file]', 'write CSV, to the file or to stdout')
    .option('--json [file]', 'write JSON, to the file or to stdout')
    .option('--html [file]', 'write one self-contained page, to the file or to stdout')
    .addHelpText('after', DECLARATION)
    .action((options: Options) => run(options, signal));
}

async function run(options: Options, signal: AbortSignal): Promise<void> {
  const now = new Date();
  const month = options.month === undefined ? lastMonth(now) : parseMonth(options.month);
  coverage(month, now);
  const sites = [...new Set((options.site ?? listed(process.env.WEBEX_SITES)).map(parseSite))];
  if (sites.length === 0) {
    throw new UsageError('no Webex site is named; add --site, like --site example.webex.com');
  }
  const analyticsUrls = chooseUrls(options);
  const outputs = chooseOutputs(options);
  await checkWritable(outputs);

  const progress = new Progress('figures', process.stderr);
  const wait = async (delayMs: number, stop?: AbortSignal): Promise<void> => {
    if (delayMs >= LONG_WAIT_MS) {
      progress.note(`waiting ${Math.ceil(delayMs / 1000)} s before trying again`);
    }
    await sleep(delayMs, undefined, { signal: stop });
  };
  await using tokens = tokenSourceFromEnvironment(options.credential, {
    onWarning: (warning) => progress.note(`warning: ${warning}`),
    retry: { wait },
  });
  const webex = new WebexFetch({ tokens, origins: analyticsUrls, retry: { attempts: 6, wait } });
  let report: Report;
  try {
    report = await collectReport({
      ...{ month, sites, analyticsUrls, webex, daily: options.daily, now, signal },
      onProgress: (done, all) => progress.update(done, all),
    });
  } finally {
    progress.clear();
  }
  for (const { render, file } of outputs) {
    await deliver(await render(report), file);
  }
}

/** @throws UsageError where a region is unknown or a URL is none */
function chooseUrls({ region, analyticsUrl }: Options): string[] {
  const urls = analyticsUrl ?? listed(process.env.WEBEX_ANALYTICS_URL);
  const bad = urls.find((url) => !URL.canParse(url));
  if (bad !== undefined) {
    throw new UsageError(`--analytics-url must be a URL, got "${bad}"; write it like "${ANALYTICS_URLS.us ?? ''}"`);
  }
  if (region === undefined) {
    return urls.length > 0 ? urls : urlsOfEverybody();
  }
  const url = ANALYTICS_URLS[region];
  if (url === undefined) {
    throw new UsageError(`unknown --region "${region}"; Webex has "${Object.keys(ANALYTICS_URLS).join('", "')}"`);
  }
  return [url];
}

/** @throws UsageError where the environment is that of another Webex, such as a simulated one */
function urlsOfEverybody(): string[] {
  const { WEBEX_API_URL: named = '' } = process.env;
  if (named !== '' && named.replace(/\/+$/, '') !== WEBEX_API_URL) {
    throw new UsageError(
      `WEBEX_API_URL names ${named}, and not where that Webex has its figures; give that by --analytics-url or in WEBEX_ANALYTICS_URL`,
    );
  }
  return Object.values(ANALYTICS_URLS);
}

function collect(value: string, values: string[] = []): string[] {
  return [...values, ...listed(value)];
}

function listed(text = ''): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

void runCommand(build);
