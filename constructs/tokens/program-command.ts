import { join } from 'node:path';
import type { TerraformStack } from 'cdktf';
import { packageFolder, pathFromOutput } from '../output-path';
import { terraformWord } from '../terraform-text';

/** Command of a provisioner that runs this package's program from the stack's output folder. */
export function programCommand(stack: TerraformStack, ...args: readonly string[]): string {
  const program = join(packageFolder(), 'scripts/webex-token-vault.js');
  return ['node', pathFromOutput(stack, program), ...args].map(terraformWord).join(' ');
}
