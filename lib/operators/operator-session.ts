import {
  appRoleFromEnvironment,
  beforeItIsLost,
  ExplainedError,
  NotPermitted,
  secretIdOf,
  tokenSource,
  vaultVariable,
  type VaultConnectionOptions,
} from '#core';
import { graceSignal } from '../vault/grace-signal';
import { tokenReply } from '../vault/replies';
import { VaultClient } from '../vault/vault-client';
import { refuseOtherCluster } from './folder-cluster';
import { OPERATORS_VARIABLE, readOperatorLogin, type OperatorFolder } from './operator-folder';
import { loginOperator, operatorNamespace, rolePath, type OperatorLogin, type OperatorName } from './operators';

export interface OperatorSessionOptions {
  readonly operators: OperatorFolder;
  /** Whether `VAULT_ROLE_ID` may be that of the operator, and not of an app. @default false */
  readonly roleFromEnvironment?: boolean;
  /** @default - that of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the wait for the login. @default - none */
  readonly signal?: AbortSignal;
}

/** A task of an operator. The token of its own login is revoked at the end. */
export class OperatorSession implements AsyncDisposable {
  private constructor(
    readonly vault: VaultClient,
    readonly token: string,
    /** End of the login's token. @default - the token was given, or never expires */
    readonly expireTime?: Date,
    /** Whether it logged in by itself, so that Vault knows the token. */
    readonly isLoggedIn = false,
    /** Place of a given token, such as `VAULT_TOKEN`. @default - it logged in by itself, or the place is unknown */
    readonly tokenSource?: string,
  ) {}

  /**
   * Uses the first of these: `VAULT_TOKEN` or the role of the environment, the login in the operators folder, the token of
   * `vault login`. The login in a named folder comes before the role of the environment.
   *
   * @throws ExplainedError if there is none, or Vault does not accept the login; the signal's reason
   */
  static async open(
    connection: VaultConnectionOptions,
    name: OperatorName,
    { operators, roleFromEnvironment = false, env = process.env, signal }: OperatorSessionOptions,
  ): Promise<OperatorSession> {
    const vault = new VaultClient(connection);
    const patient = vault.endedBy(graceSignal(signal));
    const ofEnvironment =
      roleFromEnvironment && !operators.isNamed ? await roleOfEnvironment(patient, name, env) : undefined;
    const isTokenGiven = vaultVariable('TOKEN', env) !== undefined;
    const login = ofEnvironment ?? (isTokenGiven ? undefined : await loginInFolder(patient, name, operators.path));
    if (login !== undefined) {
      return OperatorSession.#logIn(vault, login, signal);
    }
    if (connection.token === undefined) {
      throw nobody(name, roleFromEnvironment);
    }
    return new OperatorSession(vault, connection.token, undefined, false, tokenSource(env));
  }

  /**
   * Logs in by the operators folder, or by the role of the environment if no folder was named, and ignores given tokens.
   * The namespace is that of the operator.
   *
   * @throws ExplainedError if there is none, or Vault does not accept it; the signal's reason
   */
  static async logIn(
    connection: VaultConnectionOptions,
    name: OperatorName,
    { operators, env = process.env, signal }: OperatorSessionOptions,
  ): Promise<OperatorSession> {
    const namespace = operatorNamespace(name, connection.namespace);
    const vault = new VaultClient({ ...connection, namespace });
    const login =
      (await loginInFolder(vault.endedBy(signal), name, operators.path)) ??
      (operators.isNamed ? undefined : await roleOfEnvironment(vault.endedBy(graceSignal(signal)), name, env));
    if (login === undefined) {
      const role = operators.isNamed ? '' : ', or set VAULT_ROLE_ID and VAULT_SECRET_ID_FILE to those of that operator';
      throw new ExplainedError(
        `no login of operator "${name}" in ${operators.path}; name the folder that has ${name}-role-id and ${name}-secret-id with --operators${role}`,
      );
    }
    return OperatorSession.#logIn(vault, login, signal);
  }

  static async #logIn(vault: VaultClient, login: FoundLogin, signal?: AbortSignal): Promise<OperatorSession> {
    signal?.throwIfAborted();
    // Not aborted at once, because the token of an answer that is dropped could not be revoked.
    const patient = vault.endedBy(graceSignal(signal));
    const { token, durationSeconds } = await beforeItIsLost(
      () => loginOperator(patient, login),
      () => login.isUnwrapped === true,
      { signal },
    );
    const expireTime = durationSeconds === 0 ? undefined : new Date(Date.now() + durationSeconds * 1000);
    const session = new OperatorSession(vault.withToken(token), token, expireTime, true);
    if (signal?.aborted) {
      await session[Symbol.asyncDispose]();
      signal.throwIfAborted();
    }
    return session;
  }

  /**
   * When the token expires. Nobody renews it.
   *
   * @returns undefined if it never does
   * @throws VaultResponseError if the token may not look itself up
   */
  async tokenExpiry(signal?: AbortSignal): Promise<Date | undefined> {
    if (this.isLoggedIn) {
      return this.expireTime;
    }
    const { ttl } = (await this.vault.endedBy(signal).read('auth/token/lookup-self', tokenReply)).data;
    return ttl === 0 ? undefined : new Date(Date.now() + ttl * 1000);
  }

  /** If the revocation fails, the token expires with its lease. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isLoggedIn) {
      await this.vault.connection.revokeToken().catch(() => undefined);
    }
  }
}

interface FoundLogin extends OperatorLogin {
  /** Whether its secret id was unwrapped, and so exists here only. @default false */
  readonly isUnwrapped?: boolean;
}

/** @throws ExplainedError if it is a login of another server */
async function loginInFolder(
  vault: VaultClient,
  name: OperatorName,
  folder: string,
): Promise<OperatorLogin | undefined> {
  const login = await readOperatorLogin(folder, name);
  if (login !== undefined) {
    await refuseOtherCluster(vault, folder);
  }
  return login;
}

/** @returns undefined if the environment names no role */
async function roleOfEnvironment(
  vault: VaultClient,
  name: OperatorName,
  env: NodeJS.ProcessEnv,
): Promise<FoundLogin | undefined> {
  const appRole = vaultVariable('ROLE_ID', env) === undefined ? undefined : appRoleFromEnvironment(env);
  // The expected role protects the wrapping token of an app, which would be used up.
  return (
    appRole && {
      roleId: appRole.roleId,
      secretId: await secretIdOf(vault.connection, appRole, rolePath(name)),
      isUnwrapped: appRole.wrappingToken !== undefined,
    }
  );
}

function nobody(name: OperatorName, roleFromEnvironment: boolean): NotPermitted {
  const folder = `name the folder with ${name}-role-id and ${name}-secret-id by --operators or in ${OPERATORS_VARIABLE}`;
  const means = roleFromEnvironment
    ? `set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID_FILE of the operator role "${name}", or ${folder}`
    : `log in with "vault login", or set VAULT_TOKEN, or ${folder}`;
  return new NotPermitted(`no Vault token and no login was found; ${means}`);
}
