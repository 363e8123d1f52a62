import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, ExplainedError } from '#core';
import { findKeyShareFiles, keyShareFile } from './key-shares';
import { OPERATOR_NAMES, type OperatorLogin, type OperatorName } from './operators';
import { createPrivateFolder, writePrivateFile } from '../files/private-file';

/*
 * The folder to which `webex-token-vault init` writes each key share, role id and secret id as a file, so that each can be
 * given to one person.
 */

export const DEFAULT_OPERATOR_FOLDER = 'secrets/operators';

/** The environment variable that names another folder. */
export const OPERATORS_VARIABLE = 'WEBEX_TOKEN_VAULT_OPERATORS';

/** Folder in which an operator's login is expected. */
export interface OperatorFolder {
  readonly path: string;
  /** Whether the user named it. */
  readonly isNamed: boolean;
}

/** More than all files together take: each share and each login needs a block of the disk. */
const PROBE_BYTES = 256 * 1024;

/**
 * Makes the folder of a new server, and checks that it can be written to, because Vault returns its secrets once.
 *
 * @throws ExplainedError also if it contains key shares or logins
 */
export async function prepareOperatorFolder(folder: string): Promise<void> {
  const [present] = await findKeyShareFiles(folder);
  if (present !== undefined) {
    throw new ExplainedError(
      `there is a key share at ${present} already, and it may be the only copy; give another folder with --operators, or move it to where it belongs`,
    );
  }
  const operator = OPERATOR_NAMES.find((name) => existsSync(operatorFiles(folder, name).roleId));
  if (operator !== undefined) {
    throw new ExplainedError(
      `the login of another server's ${operator} is in ${folder}; give another folder with --operators, or remove the logins there if that server is gone`,
    );
  }
  await createPrivateFolder(folder);
  const probe = join(folder, '.probe');
  try {
    await writePrivateFile(probe, '-'.repeat(PROBE_BYTES));
    await rm(probe);
  } catch (error) {
    throw new ExplainedError(
      `${folder} cannot take the key shares (${errorCode(error)}), so nothing was initialized; make room there, or give another folder with --operators`,
    );
  }
}

export async function writeKeyShares(folder: string, shares: readonly string[]): Promise<void> {
  for (const [index, share] of shares.entries()) {
    await writePrivateFile(keyShareFile(folder, index + 1), `${share}\n`);
  }
}

export async function writeOperatorLogin(
  folder: string,
  name: OperatorName,
  { roleId, secretId }: OperatorLogin,
): Promise<void> {
  const files = operatorFiles(folder, name);
  await writePrivateFile(files.roleId, `${roleId}\n`);
  await writePrivateFile(files.secretId, `${secretId}\n`);
}

/** @returns undefined if the folder has no such login */
export async function readOperatorLogin(folder: string, name: OperatorName): Promise<OperatorLogin | undefined> {
  const files = operatorFiles(folder, name);
  const [roleId, secretId] = await Promise.all([files.roleId, files.secretId].map(readOptional));
  return roleId && secretId ? { roleId, secretId } : undefined;
}

function operatorFiles(folder: string, name: OperatorName): { roleId: string; secretId: string } {
  return { roleId: join(folder, `${name}-role-id`), secretId: join(folder, `${name}-secret-id`) };
}

/** @returns undefined if there is no such file */
export async function readOptional(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') {
      return undefined;
    }
    throw new ExplainedError(`${file} cannot be read (${code}); check its owner and mode`);
  }
}
