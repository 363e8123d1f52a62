import { NotDeployed, NotPermitted } from './credential-errors';
import { ExplainedError } from './explained-error';
import { fieldsOf, numberOf, textOf } from './json';
import { unwrapSecretId } from './secret-id';
import type { VaultConnection } from './vault-connection';
import { readSetting } from './vault-environment';
import { VaultResponseError } from './vault-errors';
import { explainOutage } from './vault-outage';

/** The secret id comes from exactly one of `secretId`, `secretIdFile` and `wrappingToken`. */
export interface AppRoleLoginOptions {
  readonly roleId: string;
  readonly secretId?: string;
  /** File that holds the secret id; read at every login, so that it may be replaced while the program runs. */
  readonly secretIdFile?: string;
  /** Response-wrapping token that holds the secret id; unwrapped once, when it is first needed. */
  readonly wrappingToken?: string;
  /** Where the AppRole auth method is mounted. @default "approle" */
  readonly appRolePath?: string;
}

/** A Vault token, and how long it is good. */
export interface VaultLease {
  readonly token: string;
  /** Remaining life of the token; 0: no end. */
  readonly durationSeconds: number;
  readonly renewable: boolean;
}

interface Session {
  readonly vault: VaultConnection;
  readonly expiresAt: number;
}

/** Longest delay that a timer of Node can have. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * One Vault token of an AppRole, kept alive by renewing it; where Vault renews it no further, the next use logs in.
 * Its timer does not keep the process alive.
 */
export class AppRoleLogin implements AsyncDisposable {
  readonly #vault: VaultConnection;
  readonly #options: AppRoleLoginOptions;
  #unwrapped?: string;
  #session?: Session;
  #renewal?: NodeJS.Timeout;

  /** @throws TypeError unless there is exactly one source of the secret id */
  constructor(vault: VaultConnection, options: AppRoleLoginOptions) {
    const sources = [options.secretId, options.secretIdFile, options.wrappingToken];
    if (sources.filter((source) => source !== undefined).length !== 1) {
      throw new TypeError('give exactly one of secretId, secretIdFile and wrappingToken');
    }
    this.#vault = vault.withToken(undefined);
    this.#options = options;
  }

  /** Whether there is a Vault token that should still be good. */
  get loggedIn(): boolean {
    return this.#session !== undefined && Date.now() < this.#session.expiresAt;
  }

  /**
   * A connection that acts under the login. Not for concurrent use: two first calls log in twice.
   *
   * @throws NotPermitted where Vault does not accept role id or secret id, NotDeployed, TemporarilyUnavailable,
   *   VaultSealed, WrappingTokenSpentError, WrappingTokenForgedError
   */
  async vault(): Promise<VaultConnection> {
    if (!this.#session || !this.loggedIn) {
      this.forget();
      this.#keep(await this.#logIn());
    }
    return this.#session?.vault ?? this.#vault;
  }

  /** Drops a Vault token that Vault does not accept any more. */
  forget(): void {
    clearTimeout(this.#renewal);
    this.#session = undefined;
  }

  /** Revokes the Vault token; where that fails it ends by itself, with its lease. */
  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session;
    this.forget();
    await session?.vault.revokeToken().catch(() => undefined);
  }

  async #logIn(): Promise<VaultLease> {
    const { roleId, appRolePath } = this.#options;
    return loginAppRole(this.#vault, { roleId, secretId: await this.#secretId(), appRolePath });
  }

  async #secretId(): Promise<string> {
    if (this.#options.wrappingToken === undefined) {
      return secretIdOf(this.#vault, this.#options);
    }
    this.#unwrapped ??= await secretIdOf(this.#vault, this.#options);
    return this.#unwrapped;
  }

  #keep({ token, durationSeconds, renewable }: VaultLease): void {
    const leaseMs = durationSeconds * 1000;
    const expiresAt = leaseMs === 0 ? Number.POSITIVE_INFINITY : Date.now() + leaseMs;
    const later = expiresAt - (this.#session?.expiresAt ?? 0);
    this.#session = { vault: this.#vault.withToken(token), expiresAt };
    // At its longest life a renewal still succeeds, but no longer moves the end.
    if (renewable && leaseMs > 0 && later > leaseMs / 10) {
      const delayMs = Math.min(MAX_TIMER_MS, leaseMs * (2 / 3));
      this.#renewal = setTimeout(() => void this.#renew(), delayMs).unref();
    }
  }

  async #renew(): Promise<void> {
    const session = this.#session;
    try {
      const renewed = await session?.vault.write('auth/token/renew-self', {}, leaseOf);
      if (renewed && session === this.#session) {
        this.#keep(renewed);
      }
    } catch {
      // Whoever needs the token next gets a new one, or hears why not.
    }
  }
}

/**
 * The secret id from where it is: given, in a file, or in a wrapping, which gives it once.
 *
 * @throws ExplainedError where the file has none, and as {@link unwrapSecretId}
 */
export async function secretIdOf(
  vault: VaultConnection,
  { secretId, secretIdFile, wrappingToken = '' }: AppRoleLoginOptions,
): Promise<string> {
  return secretIdFile === undefined ? (secretId ?? unwrapSecretId(vault, wrappingToken)) : secretIdIn(secretIdFile);
}

function secretIdIn(file: string): string {
  const secretId = readSetting('VAULT_SECRET_ID_FILE', file).trim();
  if (secretId === '') {
    throw new ExplainedError(`VAULT_SECRET_ID_FILE names ${file}, which is empty; put the secret id of the app there`);
  }
  return secretId;
}

/**
 * Logs in once; what keeps the token alive is {@link AppRoleLogin}.
 *
 * @throws NotPermitted where Vault does not accept role id or secret id, NotDeployed, TemporarilyUnavailable, VaultSealed
 */
export async function loginAppRole(
  vault: VaultConnection,
  { roleId, secretId, appRolePath = 'approle' }: { roleId: string; secretId: string; appRolePath?: string },
): Promise<VaultLease> {
  const nobody = vault.withToken(undefined);
  try {
    return await nobody.write(`auth/${appRolePath}/login`, { role_id: roleId, secret_id: secretId }, leaseOf);
  } catch (error) {
    throw error instanceof VaultResponseError ? explain(error, appRolePath, vault.address) : error;
  }
}

function explain(error: VaultResponseError, appRolePath: string, address: string): Error {
  const { statusCode } = error;
  if (statusCode === 404) {
    return new NotDeployed(
      `no AppRole auth method is mounted at ${appRolePath}/; have it deployed there, or log in where it is`,
    );
  }
  if (statusCode === 400 || statusCode === 403) {
    return new NotPermitted(
      `Vault does not log role id and secret id in at auth/${appRolePath} (${statusCode}): one of them is wrong, expired or used up, or this network may not use them; have a new secret id issued`,
    );
  }
  return explainOutage(error, address, `log in at auth/${appRolePath}`);
}

function leaseOf(reply: unknown): VaultLease {
  const auth = fieldsOf(fieldsOf(reply).auth);
  return {
    token: textOf(auth.client_token),
    durationSeconds: numberOf(auth.lease_duration),
    renewable: auth.renewable === true,
  };
}
