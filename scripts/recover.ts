import type { Command } from 'commander';
import { quotedList } from '#core';
import { describeCommand, READ_CLEAN_UP_MS } from '../lib/cli/command';
import { environmentAs } from '../lib/cli/help-environment';
import { operatorsOption } from '../lib/cli/operated-command';
import { recoverGrants } from '../lib/cli/looks/recovery';

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Recovers lost grants of Service Apps whose credential sets serviceApp.autoRecover.',
    details: ['It acts as the observer and the healer.'],
    examples: {
      'webex-token-vault recover': 'Recover each lost grant',
      'webex-token-vault recover --json': 'Recover each lost grant in a script',
    },
    environment: environmentAs('observer'),
    exitCodes: { 0: 'No grant is lost any more', 1: 'A grant could not be recovered, as stderr says' },
    cleanUpMs: READ_CLEAN_UP_MS,
  })
    .option('--json', 'Print the result as JSON')
    .addOption(operatorsOption('observer'))
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const recovery = await recoverGrants(command, signal);
      const { recovered, failed, lacking } = recovery;
      const lines = recovered.map((name) => `the grant of "${name}" was lost, and is recovered`);
      const text = lines.length + failed.length === 0 ? ['no grant is lost'] : lines;
      const shown = json ? [JSON.stringify({ version: 1, ...recovery }, null, 2)] : text;
      shown.forEach((line) => process.stdout.write(`${line}\n`));
      failed.forEach(({ name, reason }) =>
        process.stderr.write(`error: the grant of "${name}" is lost, and could not be recovered: ${reason}\n`),
      );
      lacking.forEach(({ name, scopes }) =>
        process.stderr.write(`warning: the new grant of "${name}" lacks ${quotedList(scopes)}; see status\n`),
      );
      process.exitCode = failed.length > 0 ? 1 : 0;
    });
}
