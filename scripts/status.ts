import type { Command } from 'commander';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { LOOK_CLEAN_UP_MS, OBSERVER_ENVIRONMENT, observe } from '../lib/cli/observation';
import { operatorsOption } from '../lib/cli/operators-option';
import { toJson } from '../lib/health/json';
import type { Severity } from '../lib/health/report';
import { toTable } from '../lib/health/table';

/*
 * Says how every grant is, and what to do.
 */

interface Options {
  readonly json?: boolean;
  readonly verify?: boolean;
}

const EXIT_CODES: Readonly<Record<Severity, number>> = { healthy: 0, attention: 1, broken: 2 };

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Says how the server, the engine and every grant are, until when, and what to do next.',
    environment: { ...VAULT_ENVIRONMENT, ...OBSERVER_ENVIRONMENT },
    exitCodes: {
      0: 'all is healthy',
      1: 'somebody has to do something within days, or the look failed, as the line on stderr says',
      2: 'something is broken now; or wrong usage',
    },
    cleanUpMs: LOOK_CLEAN_UP_MS,
  })
    .option('--json', 'print it as JSON')
    .option('--verify', 'ask Webex, too, whose each grant is, and whether it takes its token')
    .addOption(operatorsOption('observer'))
    .action(async ({ json, verify }: Options) => {
      const report = await observe(command, { verify }, signal);
      const colours = process.stdout.isTTY && !process.env.NO_COLOR;
      process.stdout.write(`${json ? JSON.stringify(toJson(report), null, 2) : toTable(report, { colours })}\n`);
      process.exitCode = EXIT_CODES[report.severity];
    });
}
