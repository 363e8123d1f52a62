import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { App, Manifest, type TerraformStack } from 'cdktf';
import { terraformWord } from './terraform-text';

/**
 * Relative path from the stack's output folder, where Terraform runs, with forward slashes. Neither JSON nor state names a
 * folder of this machine.
 */
export function pathFromOutput(stack: TerraformStack, target: string): string {
  // The manifest's `forStack` would record the stack without its later dependencies.
  const output = join(App.of(stack).outdir, Manifest.stacksFolder, stack.node.id);
  return relative(realPath(output), realPath(target)).split(sep).join('/');
}

/** Path without symbolic links, as the system resolves `..`. Its end need not exist yet. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realPath(dirname(resolve(path))), basename(path));
  }
}

/** Folder of this package, for sources and for compiled files. */
export function packageFolder(folder: string = __dirname): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageFolder(dirname(folder));
}

/** Command of a provisioner that runs this package's program from the stack's output folder. */
export function programCommand(stack: TerraformStack, ...args: readonly string[]): string {
  const program = join(packageFolder(), 'scripts/webex-token-vault.js');
  return ['node', pathFromOutput(stack, program), ...args].map(terraformWord).join(' ');
}
