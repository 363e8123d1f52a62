import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  errorCode,
  ExplainedError,
  readSetting,
  type VaultConnectionOptions,
  vaultVariable,
} from 'webex-token-client/core';
import { findKeyShareFiles, keyShareFile } from './key-shares';
import { loginOperator, type OperatorLogin, type OperatorName } from './operators';
import { createPrivateFolder, writePrivateFile } from './private-file';
import { VaultClient } from '../vault/vault-client';

/*
 * The folder in which `npx webex-token-vault init` leaves what only it is told: each key share, role id and secret id in a file of its
 * own, so that each can go to the person who is to have it.
 */

export const DEFAULT_OPERATOR_FOLDER = 'secrets/init';

/** For `--help` of commands that act as an operator. */
export const OPERATOR_ENVIRONMENT: Readonly<Record<string, string>> = {
  VAULT_ROLE_ID: 'role id of the operator; default: VAULT_TOKEN, else the one in the operators folder',
  VAULT_SECRET_ID: 'secret id that goes with it',
  VAULT_SECRET_ID_FILE: 'file that holds the secret id',
};

/** Makes the folder, and refuses one that has key shares in it. */
export async function prepareOperatorFolder(folder: string): Promise<void> {
  const [present] = await findKeyShareFiles(folder);
  if (present !== undefined) {
    throw new ExplainedError(
      `there is a key share at ${present} already, and it may be the only copy; give another folder with --out, or move it to where it belongs`,
    );
  }
  await createPrivateFolder(folder);
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

/**
 * The token of an operator: by the role of the environment, else `VAULT_TOKEN`, else by the files in the folder.
 *
 * @throws ExplainedError where there is none of them, or Vault does not accept it
 */
export async function operatorToken(
  options: VaultConnectionOptions,
  name: OperatorName,
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const vault = new VaultClient(options);
  const roleId = vaultVariable('ROLE_ID', env);
  if (roleId !== undefined) {
    return loginOperator(vault, { roleId, secretId: secretIdFromEnvironment(env) });
  }
  const token = vaultVariable('TOKEN', env);
  if (token !== undefined) {
    return token;
  }
  const login = await readOperatorLogin(folder, name);
  if (login !== undefined) {
    return loginOperator(vault, login);
  }
  if (options.token !== undefined) {
    return options.token;
  }
  throw new ExplainedError(
    `there is no Vault token and nothing to get one with; set VAULT_ROLE_ID and VAULT_SECRET_ID_FILE to those of the operator role "${name}", or VAULT_TOKEN, or name the folder with ${operatorFiles('', name).secretId}`,
  );
}

/** @returns undefined where the folder has no such login */
export async function readOperatorLogin(folder: string, name: OperatorName): Promise<OperatorLogin | undefined> {
  const files = operatorFiles(folder, name);
  const [roleId, secretId] = await Promise.all([files.roleId, files.secretId].map(readOptional));
  return roleId && secretId ? { roleId, secretId } : undefined;
}

function operatorFiles(folder: string, name: OperatorName): { roleId: string; secretId: string } {
  return { roleId: join(folder, `${name}-role-id`), secretId: join(folder, `${name}-secret-id`) };
}

async function readOptional(file: string): Promise<string | undefined> {
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

function secretIdFromEnvironment(env: NodeJS.ProcessEnv): string {
  const file = vaultVariable('SECRET_ID_FILE', env);
  const secretId =
    vaultVariable('SECRET_ID', env) ?? (file === undefined ? '' : readSetting('VAULT_SECRET_ID_FILE', file).trim());
  if (secretId === '') {
    throw new ExplainedError(
      'VAULT_ROLE_ID is set but there is no secret id with it; set VAULT_SECRET_ID_FILE to the file that holds it',
    );
  }
  return secretId;
}
