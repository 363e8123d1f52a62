import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { App, Manifest, type TerraformStack } from 'cdktf';
import { terraformWord } from './terraform-text';

/** Context of an app: the folder whose folders Terraform runs in, if it is not the output folder of CDKTF. */
export const STACKS_FOLDER = 'webex-token-vault/stacks-folder';

/** Context of an app: the command that runs this package's program, as Terraform reads it. */
export const PROGRAM = 'webex-token-vault/program';

/**
 * Relative path from the stack's output folder, in which Terraform runs. It has forward slashes. A relative path keeps the folders
 * of this machine out of the JSON and the state.
 */
export function pathFromOutput(stack: TerraformStack, target: string): string {
  const elsewhere = stack.node.tryGetContext(STACKS_FOLDER) as string | undefined;
  // `forStack` of the manifest would record the stack now, without the dependencies that are added later.
  const output = join(elsewhere ?? join(App.of(stack).outdir, Manifest.stacksFolder), stack.node.id);
  return relativePath(output, target);
}

/** Relative path with forward slashes. */
function relativePath(folder: string, target: string): string {
  return relative(realPath(folder), realPath(target)).split(sep).join('/');
}

/** Resolves symbolic links, as the system does for `..`. The end of the path need not exist yet. */
export function realPath(path: string): string {
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

const PROGRAM_FILE = join(packageFolder(), 'scripts/webex-token-vault.js');

/** Command of a provisioner that runs this package's program from the stack's output folder. */
export function programCommand(stack: TerraformStack, ...args: readonly string[]): string {
  const elsewhere = stack.node.tryGetContext(PROGRAM) as string | undefined;
  const program = elsewhere ?? ['node', pathFromOutput(stack, PROGRAM_FILE)].map(terraformWord).join(' ');
  return [program, ...args.map(terraformWord)].join(' ');
}

/** Words of a command that runs this package's program from a folder. */
export function programFrom(folder: string): readonly string[] {
  return ['node', relativePath(folder, PROGRAM_FILE)];
}
