import type { Command } from 'commander';
import { ExplainedError, commandLine, quotedList, UsageError } from '#core';
import { describeCommand } from '../../lib/cli/command';
import { declaredDeployment } from '../../lib/cli/operated-command';
import { localStateFile, stackNames } from '../../lib/declaration/files/state-file';
import { setStateAside } from '../../lib/terraform/state-aside';

export function define(command: Command): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault state archive webex-tokens': 'Start stack webex-tokens over on a new server',
    },
    summary: "Renames Terraform's state of a stack, so the next deploy creates everything on a new server.",
    details: ['The deployed resources are not changed.'],
  })
    .argument('<stack>', 'Name of the stack')
    .action(async (stack: string) => {
      const loaded = await declaredDeployment(command);
      const known = stackNames(loaded.deployment);
      if (!known.includes(stack)) {
        throw new UsageError(`the deployment has no stack "${stack}"; it has ${quotedList(known)}`);
      }
      const file = localStateFile(loaded, stack);
      if (file === undefined) {
        throw new ExplainedError(
          `the state of stack ${stack} is in backend "${loaded.deployment.backend?.type ?? ''}", so only Terraform can archive it; use "terraform state pull" and "terraform state rm", as docs/tasks/move.md says`,
        );
      }
      const aside = setStateAside(stack, file);
      process.stdout.write(
        `The state of stack ${stack} is archived in ${aside.file}. Its ${aside.resources} resources were not changed.\n` +
          `Next, at the new server: ${commandLine('deploy', stack)}\nTo undo this: mv ${aside.file} ${file}\n`,
      );
    });
}
