import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TerraformStack } from 'cdktf';
import { pathFromOutput } from '../output-path';
import { shellWord } from '../shell-word';

/** The program of this package as the command of a provisioner, which runs in the stack's output folder. */
export function programCommand(stack: TerraformStack, ...args: readonly string[]): string {
  const program = join(packageFolder(__dirname), 'scripts/webex-token-vault.js');
  return ['node', pathFromOutput(stack, program), ...args].map(shellWord).join(' ');
}

/** Of the sources as well as of what they are compiled to. */
function packageFolder(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageFolder(dirname(folder));
}
