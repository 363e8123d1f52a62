import type { Command } from 'commander';
import { ExplainedError, commandLine, quotedList, UsageError } from '#core';
import { describeCommand } from '../../lib/cli/command';
import { declaredDeployment } from '../../lib/cli/operated-command';
import { localStateFile, stackNames } from '../../lib/declaration/files/state-file';
import { setStateAside } from '../../lib/terraform/state-aside';

export function define(command: Command): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault state archive webex-tokens': 'start stack webex-tokens over on a new server',
    },
    summary:
      "Renames Terraform's state of a stack, so that the next deploy starts over on a new server. The deployed resources stay as they are.",
  })
    .argument('<stack>', 'name of the stack')
    .action(async (stack: string) => {
      const loaded = await declaredDeployment(command);
      const known = stackNames(loaded.deployment);
      if (!known.includes(stack)) {
        throw new UsageError(`the deployment has no stack "${stack}"; it has ${quotedList(known)}`);
      }
      const file = localStateFile(loaded, stack);
      if (file === undefined) {
        throw new ExplainedError(
          `stack ${stack} keeps its state in backend "${loaded.deployment.backend?.type ?? ''}", where only Terraform can set it aside; do so with "state pull" and "state rm", as docs/tasks/move.md says`,
        );
      }
      const aside = setStateAside(stack, file);
      process.stdout.write(
        `the state of stack ${stack} is set aside, with ${aside.resources} resources, which stay where they are: ${aside.file}\n` +
          `Next: ${commandLine('deploy', stack)}, at the new server. To undo this: mv ${aside.file} ${file}\n`,
      );
    });
}
