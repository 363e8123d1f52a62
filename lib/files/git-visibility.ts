import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ExplainedError } from '#core';
import { withoutSecrets } from '../processes/child-process';

/** Exit code of `git check-ignore` for a file that git does not ignore. */
const NOT_IGNORED = 1;

/** @throws ExplainedError if the next commit could contain the file */
export async function refuseVisibleToGit(path: string): Promise<void> {
  if (await isVisibleToGit(path)) {
    throw new ExplainedError(
      `git does not ignore ${path}, so a commit could include it; add it to .gitignore, or choose a place outside of the work tree`,
    );
  }
}

/** Whether the next commit could contain the file. False if git cannot tell, as without git. */
export async function isVisibleToGit(path: string): Promise<boolean> {
  const file = resolve(path);
  const args = ['-C', existing(dirname(file)), 'check-ignore', '--quiet', '--', file];
  // Git sets such variables in a hook, for the repository that it works on.
  const env = Object.fromEntries(Object.entries(withoutSecrets()).filter(([name]) => !name.startsWith('GIT_')));
  return promisify(execFile)('git', args, { env }).then(
    () => false,
    (error: unknown) => (error as { readonly code?: unknown }).code === NOT_IGNORED,
  );
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}
