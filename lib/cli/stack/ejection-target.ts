import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { ExplainedError } from '#core';
import { checkNewFolder } from '../../files/new-folder';

/**
 * Absolute path of the folder that `eject` is about to write.
 *
 * @param home folder of the deployment
 * @throws ExplainedError if the folder is the deployment's own, has content, or is a file
 */
export function ejectionTarget(folder: string, home: string): string {
  const path = existsSync(folder) ? realpathSync(folder) : resolve(folder);
  if (path === realpathSync(home)) {
    throw new ExplainedError(`${folder} is the folder of the deployment itself; name a folder that is new or empty`);
  }
  checkNewFolder(folder);
  return path;
}
