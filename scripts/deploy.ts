import type { Command } from 'commander';
import { synthesize } from '../constructs/synthesis';
import { oneMore, refuseUnanswerable, type ApprovalOptions } from '../lib/cli/approval';
import { wholeNumber } from '../lib/cli/command';
import { PODS_TIMEOUT_SECONDS } from '../lib/cli/server-pods';
import { changeStacks } from '../lib/cli/stack-change';
import { describeStackCommand, selectStacks, tellOutputs, type StackOptions } from '../lib/cli/stack-command';

/** Makes Vault what the deployment declares. */

export function define(command: Command, signal: AbortSignal): void {
  describeStackCommand(command, {
    summary:
      'Makes the server, and what is inside Vault, what the deployment declares: says what will change, asks, and has Terraform or OpenTofu do it.',
  })
    .option('--auto-approve', 'do not ask; needed without a terminal')
    .option('--lose <credential>', 'accept that its grant ends; given once for each', oneMore)
    .option(
      '--wait-seconds <n>',
      `how long to wait for the pods of a server on Kubernetes to run (default: ${PODS_TIMEOUT_SECONDS})`,
      wholeNumber,
    )
    .option('--plan-file <file>', 'do what "diff --plan-file" has kept, of one stack')
    .action(
      async (named: readonly string[], options: StackOptions & ApprovalOptions & { readonly waitSeconds?: number }) => {
        const selection = await selectStacks(
          command,
          named,
          ({ deployment, folder, name }, output) => synthesize(deployment, { folder, name, output }),
          () => {
            if (options.planFile === undefined) {
              refuseUnanswerable(options);
            }
          },
        );
        if ((await changeStacks(selection, { ...options, destroy: false }, signal)) && !options.json) {
          await tellOutputs(selection.stacks);
        }
      },
    );
}
