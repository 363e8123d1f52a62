import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { App, Manifest, type TerraformStack } from 'cdktf';

/**
 * Way from the stack's output folder, where Terraform runs, to a file or folder; with forward slashes.
 *
 * Relative, so that a clone elsewhere synthesizes the same and neither JSON nor state names this machine.
 */
export function pathFromOutput(stack: TerraformStack, target: string): string {
  // Not by the manifest's `forStack`, which would note the stack without the dependencies that are added to it later.
  const output = join(App.of(stack).outdir, Manifest.stacksFolder, stack.node.id);
  return relative(realPath(output), realPath(target)).split(sep).join('/');
}

/** Past symbolic links, as the operating system goes where it meets `..`; the end of the path need not exist yet. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realPath(dirname(resolve(path))), basename(path));
  }
}

/** Folder of this package: of the sources as well as of what they are compiled to. */
export function packageFolder(folder: string = __dirname): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageFolder(dirname(folder));
}
