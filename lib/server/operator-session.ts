import {
  ExplainedError,
  NotPermitted,
  readSetting,
  vaultVariable,
  type VaultConnectionOptions,
} from 'webex-token-client/core';
import { VaultClient } from '../vault/vault-client';
import { OPERATORS_VARIABLE, readOperatorLogin, type OperatorFolder } from './operator-folder';
import { loginOperator, type OperatorLogin, type OperatorName } from './operators';

/** For `--help` of commands that take an operator's role from the environment too. */
export const OPERATOR_ENVIRONMENT: Readonly<Record<string, string>> = {
  VAULT_ROLE_ID: 'role id of the operator; default: VAULT_TOKEN, else the one in the operators folder',
  VAULT_SECRET_ID: 'secret id that goes with it',
  VAULT_SECRET_ID_FILE: 'file that holds the secret id',
};

export interface OperatorSessionOptions {
  readonly operators: OperatorFolder;
  /** Whether `VAULT_ROLE_ID` may be the operator's, and not that of an app. @default false */
  readonly roleFromEnvironment?: boolean;
  /** @default - that of this process */
  readonly env?: NodeJS.ProcessEnv;
}

/** A task of an operator: what it logs in for itself, it logs out at the end. */
export class OperatorSession implements AsyncDisposable {
  private constructor(
    readonly vault: VaultClient,
    readonly token: string,
    private readonly isLoggedIn: boolean,
  ) {}

  /**
   * By `VAULT_TOKEN` or the role of the environment, else by the login in the operators folder, else by the token that
   * `vault login` has left. Where the folder was named, its login comes before the role of the environment.
   *
   * @throws ExplainedError where there is none of them, or Vault does not accept the login
   */
  static async open(
    connection: VaultConnectionOptions,
    name: OperatorName,
    { operators, roleFromEnvironment = false, env = process.env }: OperatorSessionOptions,
  ): Promise<OperatorSession> {
    const vault = new VaultClient(connection);
    const login = await findLogin(name, operators, roleFromEnvironment, env);
    if (login !== undefined) {
      const token = await loginOperator(vault, login);
      return new OperatorSession(vault.withToken(token), token, true);
    }
    if (connection.token === undefined) {
      throw nobody(name, roleFromEnvironment);
    }
    return new OperatorSession(vault, connection.token, false);
  }

  /** Where that fails, the token ends by itself, with its lease. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isLoggedIn) {
      await this.vault.revokeToken().catch(() => undefined);
    }
  }
}

/** @returns undefined where a token is to be used */
async function findLogin(
  name: OperatorName,
  operators: OperatorFolder,
  roleFromEnvironment: boolean,
  env: NodeJS.ProcessEnv,
): Promise<OperatorLogin | undefined> {
  const isTokenGiven = vaultVariable('TOKEN', env) !== undefined;
  const inFolder = isTokenGiven ? undefined : await readOperatorLogin(operators.path, name);
  if (operators.isNamed && inFolder !== undefined) {
    return inFolder;
  }
  const roleId = vaultVariable('ROLE_ID', env);
  if (roleFromEnvironment && !operators.isNamed && roleId !== undefined) {
    return { roleId, secretId: secretIdFromEnvironment(env) };
  }
  return inFolder;
}

function nobody(name: OperatorName, roleFromEnvironment: boolean): ExplainedError {
  const folder = `name the folder with ${name}-role-id and ${name}-secret-id by --operators or in ${OPERATORS_VARIABLE}`;
  return roleFromEnvironment
    ? new ExplainedError(
        `there is no Vault token and nothing to get one with; set VAULT_ROLE_ID and VAULT_SECRET_ID_FILE to those of the operator role "${name}", or VAULT_TOKEN, or ${folder}`,
      )
    : new NotPermitted(
        `there is no Vault token and nothing to get one with; log in with "vault login", or set VAULT_TOKEN, or ${folder}`,
      );
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
