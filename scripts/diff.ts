import type { Command } from 'commander';
import { synthesizeOnDemand } from '../constructs/synthesis-on-demand';
import { planStacks } from '../lib/cli/stack/stack-change';
import { describeStackCommand, selectStacks, type StackOptions } from '../lib/cli/stack/stack-command';

export function define(command: Command, signal: AbortSignal): void {
  describeStackCommand(command, {
    examples: {
      'webex-token-vault diff': 'show what deploy would change',
      'webex-token-vault diff webex-tokens --plan-file webex-tokens.tfplan': 'save the plan of one stack',
    },
    summary:
      'Shows what "deploy" would change, in the words of Terraform or OpenTofu, and the consequences for people. Nothing is changed.',
  })
    .option('--plan-file <file>', 'save the plan of one stack for "deploy --plan-file"')
    .action(async (named: readonly string[], options: StackOptions) => {
      const selection = await selectStacks(command, named, synthesizeOnDemand);
      await planStacks(selection, options, signal);
    });
}
