import type { Command } from 'commander';
import { synthesizeOnDemand } from '../constructs/synthesis-on-demand';
import { addApprovalOptions, refuseUnanswerable, type ApprovalOptions } from '../lib/cli/stack/approval';
import { durationOption } from '../lib/cli/options/option-values';
import { changeStacks } from '../lib/cli/stack/stack-change';
import { describeStackCommand, selectStacks, tellOutputs, type StackOptions } from '../lib/cli/stack/stack-command';

export function define(command: Command, signal: AbortSignal): void {
  const described = describeStackCommand(command, {
    examples: {
      'webex-token-vault deploy': 'show the changes, ask, and make them',
      'webex-token-vault deploy webex-tokens --yes': 'change one stack without a question',
      'webex-token-vault deploy webex-tokens --plan-file webex-tokens.tfplan': 'apply the plan that diff has saved',
    },
    summary:
      'Makes the server and the inside of Vault match the deployment. It shows the changes, asks, and runs Terraform or OpenTofu.',
  });
  addApprovalOptions(described)
    // Long enough to fetch images and to make volumes.
    .addOption(durationOption('--wait <duration>', 'how long to wait for the pods of a server on Kubernetes', '2m'))
    .option('--plan-file <file>', 'apply the plan of one stack that "diff --plan-file" has saved')
    .action(async (named: readonly string[], options: StackOptions & ApprovalOptions & { readonly wait: number }) => {
      const selection = await selectStacks(command, named, synthesizeOnDemand, () => {
        if (options.planFile === undefined) {
          refuseUnanswerable(options);
        }
      });
      if ((await changeStacks(selection, { ...options, destroy: false }, signal)) && !options.json) {
        await tellOutputs(selection.stacks);
      }
    });
}
