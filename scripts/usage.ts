import { Option, type Command } from 'commander';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorCode, isReaderGone, UsageError } from '#core';
import { describeCommand, say } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/operated-command';
import { pastMoment } from '../lib/cli/options/option-values';
import { findCredential } from '../lib/declaration/derived/by-name';
import { UNKNOWN_EXIT_CODE } from '../lib/health/monitoring-result';
import { STANDARD_INPUT } from '../lib/usage/log-source';
import { usageJson } from '../lib/usage/usage-json';
import { countLogs } from '../lib/usage/usage-logs';
import { usageReport, type UsageReport } from '../lib/usage/usage-report';
import { usageResult, usageTable } from '../lib/usage/usage-table';

interface Options {
  readonly log?: readonly string[];
  /** In milliseconds. */
  readonly since?: number;
  readonly json?: boolean;
  readonly exitZero?: boolean;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      "Shows who read each credential, from Vault's audit log and the request lines of proxies. It needs no Vault.",
    details: [
      'A row is a reader of a credential: an app by its declared login, an operator, or somebody else. A read gave a token; a refused one was not permitted; a failed one was permitted, but the engine had no token. First and last read are those of all lines.',
      'Logs may be rotated and compressed by gzip, and come in any order. Each line is recognized by itself, so one file may have lines of both kinds.',
    ],
    examples: {
      'webex-token-vault usage --log audit.log*': 'Show all uses in a log and its rotated files',
      'webex-token-vault usage testauth --since 30d --log audit.log':
        'Count the reads of one credential in the last 30 days',
      'kubectl logs openbao-0 | webex-token-vault usage --json': 'Read a log from standard input, for a program',
    },
    exitCodes: {
      0: 'OK: only declared apps and operators read; with --exit-zero: the logs were read',
      1: 'WARNING: another reader got a token, or a request was refused',
      3: 'UNKNOWN: no result, as stderr says, or wrong usage',
      130: 'Interrupted; 143 by SIGTERM, 129 by SIGHUP',
    },
    failureExitCode: UNKNOWN_EXIT_CODE,
  })
    .argument('[credential]', 'Name of a declared credential (default: all of them)')
    .addOption(
      new Option(
        '--log <file...>',
        `Files of the log, or "${STANDARD_INPUT}" for standard input (default: standard input)`,
      ),
    )
    .addOption(
      new Option('--since <time>', 'Count only from this time on: a duration such as 30d, or a date').argParser(
        (text) => pastMoment(text, Date.now()),
      ),
    )
    .option('--json', 'Print the result as JSON')
    .option('--exit-zero', 'Exit with 0 if the logs were read, whatever they say')
    .action(async (only: string | undefined, { log = [STANDARD_INPUT], since, json, exitZero }: Options) => {
      const { deployment } = await declaredDeployment(command);
      if (only !== undefined) {
        findCredential(deployment, only);
      }
      if (log.includes(STANDARD_INPUT) && process.stdin.isTTY) {
        throw new UsageError('standard input is a terminal, and has no log; name the files: --log FILE...');
      }
      const count = await countLogs(deployment, log, { since, signal, note: say, stdin: process.stdin });
      const report = usageReport(deployment, count, { since, only });
      await print(json ? usageJson(report) : lines(report));
      process.exitCode = report.unexpected + report.refusals > 0 && !exitZero ? 1 : 0;
    });
}

function* lines(report: UsageReport): Generator<string> {
  yield `${usageResult(report)}\n\n`;
  for (const line of usageTable(report)) {
    yield `${line}\n`;
  }
}

/** Prints the parts at the pace of the reader of the output, who may stop reading. */
async function print(parts: Iterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(parts), process.stdout, { end: false });
  } catch (error) {
    if (!isReaderGone(error) && errorCode(error) !== 'ERR_STREAM_PREMATURE_CLOSE') {
      throw error;
    }
  }
}
