import { Option, type Command } from 'commander';
import { describeError, errorCode, ExplainedError, UsageError } from '#core';
import { showsColors } from '../lib/cli/colors';
import { describeCommand, READ_CLEAN_UP_MS, say } from '../lib/cli/command';
import { environmentAs } from '../lib/cli/help-environment';
import { observe } from '../lib/cli/looks/observer-look';
import { durationOption } from '../lib/cli/options/option-values';
import { operatorsOption } from '../lib/cli/operated-command';
import { watch, type Page } from '../lib/cli/looks/status-watch';
import { lookAndNotify, notifierOf, webhookOptions } from '../lib/cli/options/webhook-options';
import { toJson } from '../lib/health/status-json';
import { toHtml } from '../lib/health/html/status-page';
import { monitoringExitCode, resultLine, UNKNOWN_EXIT_CODE } from '../lib/health/monitoring-result';
import type { Report } from '../lib/health/report';
import { toTable } from '../lib/health/status-table';
import { refuseVisibleToGit } from '../lib/files/git-visibility';
import { writePrivateFile } from '../lib/files/private-file';

interface Options {
  readonly json?: boolean;
  readonly verify?: boolean;
  readonly watch?: boolean;
  /** In seconds. */
  readonly interval: number;
  readonly html?: string;
  readonly brief?: true;
  readonly exitZero?: true;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault status': 'Show the state of every grant',
      'webex-token-vault status --watch': 'Repeat the look until Ctrl-C',
    },
    summary:
      'Shows the state of the server, the engine and every grant, how long each grant lives, and what to do next.',
    environment: { ...environmentAs('observer'), NO_COLOR: 'Any value: no colors; FORCE_COLOR: always colors' },
    exitCodes: {
      0: 'OK: everything is healthy; with --exit-zero: the look succeeded, whatever it found',
      1: 'WARNING: attention, somebody has to act within days; or the page or the webhook failed, as stderr says',
      2: 'CRITICAL: something is broken now',
      3: 'UNKNOWN: the server is sealed or does not answer, the look failed, or wrong usage',
      130: 'Interrupted, which is the regular end of --watch; 143 by SIGTERM, 129 by SIGHUP',
    },
    failureExitCode: UNKNOWN_EXIT_CODE,
    cleanUpMs: READ_CLEAN_UP_MS,
  })
    .option('--json', 'Print the result as JSON; with --watch, one line for each look')
    .option('--verify', 'Also ask Webex for the account of each grant, and whether its token works')
    .option('--watch', 'Repeat the look until Ctrl-C')
    // Each look logs in and reads every grant.
    .addOption(
      durationOption('--interval <duration>', 'With --watch: time between two looks', '1m', { atLeast: '10s' }),
    )
    .addOption(new Option('--brief', 'Print only the first line, which names no account').conflicts(['json', 'watch']))
    .addOption(
      new Option(
        '--exit-zero',
        'Exit with 0 after a look, whatever it found; 1 if the page or the webhook failed',
      ).conflicts('watch'),
    )
    .option('--html <file>', 'Also write an HTML page with a timeline of each grant to this file')
    .addOption(operatorsOption('observer'));
  webhookOptions()
    .reduce((described, option) => described.addOption(option), command)
    .action(async (options: Options) => {
      const { verify, html, interval, brief, exitZero } = options;
      if (html !== undefined) {
        // The page names people.
        await refuseVisibleToGit(html);
      }
      const notifier = notifierOf(command, signal);
      const look = async (note: (line: string) => void): Promise<Report> => {
        const report = await lookAndNotify(() => observe(command, { verify }, signal), notifier, note, signal);
        if (html !== undefined) {
          await writePage(html, report).catch((error: unknown) => note(`error: ${describeError(error)}`));
        }
        return report;
      };
      if (options.watch) {
        const inPlace = process.stdout.isTTY && !options.json;
        const show = (report: Report, page?: Page): string => presentation(report, { ...options, page });
        await watch({ intervalSeconds: interval, look, show, output: process.stdout, inPlace, complain: say, signal });
        return;
      }
      if (command.getOptionValueSource('interval') === 'cli') {
        throw new UsageError('--interval needs --watch; give both, or leave --interval out');
      }
      let failures = 0;
      const report = await look((line) => {
        failures++;
        say(line);
      });
      const text = brief ? resultLine(report) : presentation(report, options);
      process.stdout.write(`${brief || options.json ? '' : `${resultLine(report)}\n\n`}${text}\n`);
      process.exitCode = Math.max(exitZero ? 0 : monitoringExitCode(report), Math.min(1, failures));
    });
}

function presentation(report: Report, { json, watch, page }: Options & { readonly page?: Page }): string {
  if (json) {
    return JSON.stringify(toJson(report), null, watch ? undefined : 2);
  }
  // A terminal without a known width reports 0.
  const columns = page?.columns ?? (process.stdout.columns || undefined);
  return toTable(report, { colors: showsColors(process.stdout), columns, rows: page?.rows });
}

/** @throws ExplainedError if the page cannot be written; an existing page stays */
async function writePage(file: string, report: Report): Promise<void> {
  await writePrivateFile(file, toHtml(report)).catch((error: unknown) => {
    throw error instanceof ExplainedError
      ? error
      : new ExplainedError(`the page ${file} cannot be written (${errorCode(error)}); choose another place for it`);
  });
}
