import type { Command } from 'commander';
import { UsageError } from '#core';
import { synthesizeOnDemand } from '../constructs/synthesis-on-demand';
import { addApprovalOptions, refuseUnanswerable, type ApprovalOptions } from '../lib/cli/stack/approval';
import { changeStacks } from '../lib/cli/stack/stack-change';
import { describeStackCommand, selectStacks, type StackOptions } from '../lib/cli/stack/stack-command';

export function define(command: Command, signal: AbortSignal): void {
  const described = describeStackCommand(command, {
    examples: {
      'webex-token-vault destroy webex-tokens --allow-loss testauth':
        'Delete a stack, with the grant of credential testauth',
    },
    summary: 'Deletes everything that "deploy" created, with every grant in it. It shows the deletions and asks first.',
  });
  addApprovalOptions(described).action(async (named: readonly string[], options: StackOptions & ApprovalOptions) => {
    const selection = await selectStacks(command, named, synthesizeOnDemand, () =>
      refuseUnanswerable(options, { destroy: true }),
    );
    const { stacks } = selection;
    if (named.length === 0 && stacks.length > 1) {
      throw new UsageError(
        `there are ${stacks.length} stacks; name the stacks to destroy: ${stacks.map(({ name }) => name).join(' ')}`,
      );
    }
    await changeStacks({ ...selection, stacks: stacks.toReversed() }, { ...options, destroy: true }, signal);
  });
}
