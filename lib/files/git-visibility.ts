import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ExplainedError } from '#core';
import { withoutSecrets } from '../processes/child-environment';

/** What git says of a file that it does not ignore. */
const NOT_IGNORED = 1;

/** @throws ExplainedError where the next commit could take the file along */
export async function refuseVisibleToGit(path: string): Promise<void> {
  if (await isVisibleToGit(path)) {
    throw new ExplainedError(
      `git does not ignore ${path}, and a commit could take it along; add it to .gitignore, or choose a place outside of the work tree`,
    );
  }
}

/** Whether the next commit could take the file along. Where git cannot tell, as where there is none, it is said not to. */
export async function isVisibleToGit(path: string): Promise<boolean> {
  const file = resolve(path);
  const args = ['-C', existing(dirname(file)), 'check-ignore', '--quiet', '--', file];
  // In a hook, git names the repository that it works on by such variables.
  const env = Object.fromEntries(Object.entries(withoutSecrets()).filter(([name]) => !name.startsWith('GIT_')));
  return promisify(execFile)('git', args, { env }).then(
    () => false,
    (error: unknown) => (error as { readonly code?: unknown }).code === NOT_IGNORED,
  );
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}
