import type { Command } from 'commander';
import { synthesizeOnDemand } from '../constructs/synthesis-on-demand';
import { addApprovalOptions, refuseUnanswerable, type ApprovalOptions } from '../lib/cli/stack/approval';
import { say } from '../lib/cli/command';
import { consentSteps } from '../lib/cli/stack/next-steps';
import type { Plan } from '../lib/terraform/plan/plan';
import { durationOption } from '../lib/cli/options/option-values';
import { changeStacks } from '../lib/cli/stack/stack-change';
import { describeStackCommand, selectStacks, tellOutputs, type StackOptions } from '../lib/cli/stack/stack-command';

export function define(command: Command, signal: AbortSignal): void {
  const described = describeStackCommand(command, {
    examples: {
      'webex-token-vault deploy': 'Show the changes, ask, and make them',
      'webex-token-vault deploy webex-tokens --yes': 'Change one stack without a question',
      'webex-token-vault deploy webex-tokens --plan-file webex-tokens.tfplan': 'Apply the plan that diff has saved',
    },
    summary:
      'Makes the server and the inside of Vault match the deployment, by Terraform or OpenTofu. It shows the changes and asks first.',
  });
  addApprovalOptions(described)
    // Long enough to fetch images and to make volumes.
    .addOption(durationOption('--wait <duration>', 'Longest wait for the pods of a server on Kubernetes', '2m'))
    .option('--plan-file <file>', 'Plan of one stack to apply, saved by "diff --plan-file"')
    .action(async (named: readonly string[], options: StackOptions & ApprovalOptions & { readonly wait: number }) => {
      const selection = await selectStacks(command, named, synthesizeOnDemand, () => {
        if (options.planFile === undefined) {
          refuseUnanswerable(options);
        }
      });
      const next: string[] = [];
      const onApplied = (plan: Plan): void => void next.push(...consentSteps(plan, selection.loaded.deployment));
      if ((await changeStacks(selection, { ...options, destroy: false, onApplied }, signal)) && !options.json) {
        await tellOutputs(selection.stacks);
        next.forEach(say);
      }
    });
}
