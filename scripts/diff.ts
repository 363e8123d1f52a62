import type { Command } from 'commander';
import { synthesizeOnDemand } from '../constructs/synthesis-on-demand';
import { planStacks } from '../lib/cli/stack/stack-change';
import { describeStackCommand, selectStacks, type StackOptions } from '../lib/cli/stack/stack-command';

export function define(command: Command, signal: AbortSignal): void {
  describeStackCommand(command, {
    examples: {
      'webex-token-vault diff': 'Show what deploy would change',
      'webex-token-vault diff webex-tokens --plan-file webex-tokens.tfplan': 'Save the plan of one stack',
    },
    summary:
      'Shows the plan of Terraform or OpenTofu for "deploy", and the consequences for people. It changes nothing.',
  })
    .option('--plan-file <file>', 'File to save the plan of one stack in, for "deploy --plan-file"')
    .action(async (named: readonly string[], options: StackOptions) => {
      const selection = await selectStacks(command, named, synthesizeOnDemand);
      await planStacks(selection, options, signal);
    });
}
