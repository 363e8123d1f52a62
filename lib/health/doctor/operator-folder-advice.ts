import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '#core';
import { advice, type Advice } from './examination';

const SECRET_FILES = /^(?:key-share-\d+|[a-z]+-(?:secret|role)-id)$/;

/**
 * Advice on the folder of the operators' logins: its permissions, and key shares that should not stay there. Without
 * the folder there is no advice.
 */
export async function operatorFolderAdvice(folder: string): Promise<Advice[]> {
  // Windows has no file modes.
  const names = process.platform === 'win32' ? [] : await namesIn(folder);
  if (names.length === 0) {
    return [];
  }
  const secret = names.filter((name) => SECRET_FILES.test(name));
  const paths = [folder, ...secret.map((name) => join(folder, name))];
  const looks = paths.map(async (path) => ({ path, mode: (await stat(path)).mode & 0o777 }));
  const open = (await Promise.all(looks)).filter(({ mode }) => (mode & 0o077) !== 0);
  const shares = secret.filter((name) => name.startsWith('key-share-'));
  return [
    ...open.map(({ path, mode }) =>
      advice(
        `other users of this machine can access ${path}: its mode is 0${mode.toString(8)}`,
        `chmod ${path === folder ? 700 : 600} ${path}`,
      ),
    ),
    ...(shares.length > 0
      ? [
          advice(
            `${shares.length} key shares of the server are together in ${folder}`,
            'give each to its keeper, and delete it here',
          ),
        ]
      : []),
  ];
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(errorCode(error))) {
      return [];
    }
    throw error;
  });
}
