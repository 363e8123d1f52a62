import type { Command } from 'commander';
import { synthesize } from '../constructs/synthesis';
import {
  describeStackCommand,
  handedOn,
  oneStackFor,
  selectStacks,
  went,
  type StackOptions,
} from '../lib/cli/stack-command';

/** Says what `deploy` would do. */

export function define(command: Command, signal: AbortSignal): void {
  describeStackCommand(command, {
    summary: 'Says what "deploy" would do, in the words of Terraform or OpenTofu. Nothing is changed.',
  })
    .option('--plan-file <file>', 'keep the plan of one stack, for "deploy --plan-file"')
    .action(async (named: readonly string[], { planFile, json }: StackOptions) => {
      const { stacks } = await selectStacks(command, named, ({ deployment, folder, name }, output) =>
        synthesize(deployment, { folder, name, output }),
      );
      const file = oneStackFor(planFile, stacks);
      const next = 'mend that, and run this again';
      for (const stack of stacks) {
        if (!went(await stack.initialise(json === true), stack, 'has not been initialised', next)) {
          return;
        }
        const planned = await stack.plan({ file, args: ['-input=false', ...(json ? ['-json'] : []), ...handedOn()] });
        signal.throwIfAborted();
        const asked = handedOn().includes('-detailed-exitcode') && planned === 2;
        if (asked) {
          process.exitCode = planned;
        } else if (!went(planned, stack, 'could not be planned', next)) {
          return;
        }
      }
    });
}
