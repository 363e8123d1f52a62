import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Command } from 'commander';
import { commandLine, shellWord, vaultVariable } from '#core';
import { ejectOnDemand } from '../constructs/ejection-on-demand';
import { describeCommand, say } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/operated-command';
import { ejectionTarget } from '../lib/cli/stack/ejection-target';
import { outputFolder } from '../lib/cli/stack/stack-command';
import { writeNewFolder } from '../lib/files/new-folder';
import { ejectedFiles } from '../lib/terraform/ejection/ejected-folder';

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: { 'webex-token-vault eject terraform': 'Write the stacks into the new folder terraform' },
    summary:
      'Writes the stacks as plain Terraform in JSON, with a README. Terraform or OpenTofu goes on there, with the same state.',
    details: ['This command sends no request to Vault, needs no secret, and changes no state.'],
    environment: {
      TERRAFORM_BINARY_NAME: 'Terraform or OpenTofu in the printed commands (default: terraform)',
    },
  })
    .argument('<folder>', 'Folder to write, new or empty')
    .action(async (named: string) => {
      const loaded = await declaredDeployment(command);
      const { deployment, folder: home, name } = loaded;
      const target = ejectionTarget(named, home);
      const stacks = ejectOnDemand(deployment, { folder: home, name, target, output: outputFolder(loaded) });
      stacks.flatMap(({ warnings }) => warnings).forEach((warning) => say(`warning: ${warning}`));
      const files = ejectedFiles(loaded, stacks);
      // A signal during the synthesis arrives now.
      await turn();
      signal.throwIfAborted();
      writeNewFolder(named, files);

      const folder = join(named, '.');
      const written = Object.keys(files).map((file) => `${join(folder, file)}\n`);
      process.stdout.write(written.join(''));
      say(`Next, read ${join(folder, 'README.md')}. Then see that nothing would change:`);
      stacks.forEach((stack) => nextCommands(stack.name, join(folder, stack.name)).forEach((line) => say(`  ${line}`)));
    });
}

/** A plan of the stack inside Vault needs a token. Without one in the environment, the provisioner logs in. */
function nextCommands(stack: string, folder: string): string[] {
  const { TERRAFORM_BINARY_NAME: binary = 'terraform' } = process.env;
  const terraform = `${shellWord(binary)} -chdir=${shellWord(folder)}`;
  const needsLogin = stack === 'webex-tokens' && vaultVariable('TOKEN') === undefined;
  return [`${terraform} init`, `${needsLogin ? `${commandLine('exec', 'provisioner')} -- ` : ''}${terraform} plan`];
}
