import { promises as files } from 'node:fs';
import { errorCode, ExplainedError } from '../explained-error';

/** @throws ExplainedError on Windows, where the mode of a file does not keep other users out */
export function refuseWithoutModes(path: string): void {
  if (process.platform === 'win32') {
    throw new ExplainedError(
      `${path} must be private, but a file's mode does not keep others out on Windows; run this on Linux or macOS, or in WSL`,
    );
  }
}

/**
 * Creates a folder for secrets if it is missing. Others may read an existing one, because a file in it has its own mode.
 *
 * @throws ExplainedError if others can put files in it, or it cannot be created
 */
export async function requireGuardedFolder(folder: string): Promise<void> {
  refuseWithoutModes(folder);
  try {
    await files.mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ExplainedError(`the folder ${folder} cannot be created (${errorCode(error)}); choose another one`);
  }
  const { mode, uid } = await files.stat(folder);
  if ((mode & 0o022) !== 0) {
    const got = `0${(mode & 0o777).toString(8)}`;
    throw new ExplainedError(
      `the folder ${folder} must not be writable by others, who could replace its files, got mode ${got}; run chmod go-w ${folder}, or choose another folder`,
    );
  }
  if (uid !== 0 && uid !== process.getuid?.()) {
    throw new ExplainedError(
      `the folder ${folder} must belong to the user who writes to it, got uid ${uid}; run this as that user, or choose another folder`,
    );
  }
}
