import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { App, Manifest, type TerraformStack } from 'cdktf';
import { terraformWord } from './terraform-text';

/**
 * Relative path from the stack's output folder, in which Terraform runs. It has forward slashes. A relative path keeps the folders
 * of this machine out of the JSON and the state.
 */
export function pathFromOutput(stack: TerraformStack, target: string): string {
  // `forStack` of the manifest would record the stack now, without the dependencies that are added later.
  const output = join(App.of(stack).outdir, Manifest.stacksFolder, stack.node.id);
  return relative(realPath(output), realPath(target)).split(sep).join('/');
}

/** Resolves symbolic links, as the system does for `..`. The end of the path need not exist yet. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realPath(dirname(resolve(path))), basename(path));
  }
}

/** Folder of this package. It is found from the sources and from the compiled files. */
export function packageFolder(folder: string = __dirname): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageFolder(dirname(folder));
}

/** Command of a provisioner that runs this package's program from the stack's output folder. */
export function programCommand(stack: TerraformStack, ...args: readonly string[]): string {
  const program = join(packageFolder(), 'scripts/webex-token-vault.js');
  return ['node', pathFromOutput(stack, program), ...args].map(terraformWord).join(' ');
}
