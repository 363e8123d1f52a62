import { NotDeployed, NotPermitted } from '../credential-errors';
import { fieldsOf, isFields, numberOf, textOf } from '../json';
import { LoginHoldOff } from './login-hold-off';
import { timerMs } from '../longest-timer';
import { describeError } from '../safe-text';
import { unwrapSecretId, WrappedSecretId } from './secret-id';
import { SecretIdFile } from './secret-id-file';
import { renewSecretId } from './secret-id-renewal';
import type { VaultConnection } from '../vault-connection';
import { VaultResponseError } from '../vault-errors';
import { explainOutage } from '../vault-outage';

/** The secret id comes from exactly one of `secretId`, `secretIdFile` and `wrappingToken`. */
export interface AppRoleLoginOptions {
  readonly roleId: string;
  readonly secretId?: string;
  /** File that holds the secret id; read at every login, so that it may be replaced while the program runs. */
  readonly secretIdFile?: string;
  /** Response-wrapping token that holds the secret id; unwrapped once, when it is first needed. */
  readonly wrappingToken?: string;
  /**
   * When less than a third of the secret id's life is left, issue another and write it to `secretIdFile`. The app must be
   * declared with `renewsSecretId`. Where it cannot be done, that is a warning. @default false
   */
  readonly renewSecretId?: boolean;
  /** Called with why the secret id could not be renewed. @default - nobody is told */
  readonly onWarning?: (warning: string) => void;
  /** Where the AppRole auth method is mounted. @default "approle" */
  readonly appRolePath?: string;
}

/** A Vault token, and how long it is good. */
export interface VaultLease {
  readonly token: string;
  /** Remaining life of the token; 0: no end. */
  readonly durationSeconds: number;
  readonly renewable: boolean;
  /** Name of the AppRole that it was logged in with. @default - Vault does not tell */
  readonly roleName?: string;
}

interface Session {
  readonly vault: VaultConnection;
  readonly expiresAt: number;
}

/** Shortest wait before a secret id is looked at again, and the longest where that has failed. */
const MIN_LOOK_MS = 1000;
const RETRY_LOOK_MS = 3_600_000;

/**
 * One Vault token of an AppRole, kept alive by renewing it; where Vault renews it no further, the next use logs in.
 * Its timer does not keep the process alive.
 */
export class AppRoleLogin implements AsyncDisposable {
  readonly #vault: VaultConnection;
  readonly #options: AppRoleLoginOptions;
  readonly #wrapped?: WrappedSecretId;
  readonly #holdOff = new LoginHoldOff();
  #session?: Session;
  #renewal?: NodeJS.Timeout;
  #nextLook?: NodeJS.Timeout;
  #isDisposed = false;

  /** @throws TypeError unless there is exactly one source of the secret id, and a file where it is to be renewed */
  constructor(vault: VaultConnection, options: AppRoleLoginOptions) {
    const sources = [options.secretId, options.secretIdFile, options.wrappingToken];
    if (sources.filter((source) => source !== undefined).length !== 1) {
      throw new TypeError('give exactly one of secretId, secretIdFile and wrappingToken');
    }
    if (options.renewSecretId === true && options.secretIdFile === undefined) {
      throw new TypeError('renewSecretId goes with secretIdFile, where the new secret id is written');
    }
    this.#vault = vault.withToken(undefined);
    this.#options = options;
    this.#wrapped =
      options.wrappingToken === undefined ? undefined : new WrappedSecretId(this.#vault, options.wrappingToken);
  }

  /** Whether its secret id was taken out of its wrapping, and ends with this process. */
  get holdsUnwrapped(): boolean {
    return this.#wrapped?.isUnwrapped ?? false;
  }

  /** Whether there is a Vault token that should still be good. */
  get loggedIn(): boolean {
    return this.#session !== undefined && Date.now() < this.#session.expiresAt;
  }

  /**
   * A connection that acts under the login. Not for concurrent use: two first calls log in twice. A secret id that was
   * refused is tried again after growing pauses only, of up to 16 minutes; another one in its file at once.
   *
   * @throws NotPermitted where Vault does not accept role id or secret id, NotDeployed, TemporarilyUnavailable,
   *   VaultSealed, WrappingTokenSpentError, WrappingTokenForgedError
   */
  async vault(): Promise<VaultConnection> {
    if (!this.#session || !this.loggedIn) {
      this.forget();
      const secretId = await this.#secretId();
      const lease = await this.#logIn(secretId);
      this.#keep(lease);
      await this.#renewSecretId(lease, secretId);
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
    this.#isDisposed = true;
    clearTimeout(this.#nextLook);
    this.forget();
    await session?.vault.revokeToken().catch(() => undefined);
  }

  async #logIn(secretId: string): Promise<VaultLease> {
    const { roleId, appRolePath } = this.#options;
    return this.#holdOff.attempt(secretId, () => loginAppRole(this.#vault, { roleId, secretId, appRolePath }));
  }

  async #secretId(): Promise<string> {
    return this.#wrapped?.read() ?? secretIdOf(this.#vault, this.#options);
  }

  #keep({ token, durationSeconds, renewable }: VaultLease): void {
    const leaseMs = durationSeconds * 1000;
    const expiresAt = leaseMs === 0 ? Number.POSITIVE_INFINITY : Date.now() + leaseMs;
    const later = expiresAt - (this.#session?.expiresAt ?? 0);
    this.#session = { vault: this.#vault.withToken(token), expiresAt };
    // At its longest life a renewal still succeeds, but no longer moves the end.
    if (renewable && leaseMs > 0 && later > leaseMs / 10) {
      const delayMs = timerMs(leaseMs * (2 / 3));
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

  /** Never fails: whoever logged in has come for something else. */
  async #renewSecretId({ token, roleName = '' }: VaultLease, secretId: string): Promise<void> {
    const { renewSecretId: isWanted = false, secretIdFile, appRolePath = 'approle' } = this.#options;
    if (!isWanted || secretIdFile === undefined) {
      return;
    }
    const { warning, lookAgainMs } = await renewSecretId(this.#vault.withToken(token), {
      rolePath: `auth/${appRolePath}/role/${roleName}`,
      secretId,
      file: new SecretIdFile(secretIdFile),
    });
    if (warning !== undefined) {
      this.#warn(warning);
    }
    if (lookAgainMs !== undefined) {
      this.#lookAgainIn(lookAgainMs);
    }
  }

  /** For a program that reads so seldom that its secret id could end between two logins. */
  #lookAgainIn(delayMs: number): void {
    clearTimeout(this.#nextLook);
    if (!this.#isDisposed) {
      const boundedMs = timerMs(Math.max(MIN_LOOK_MS, delayMs));
      this.#nextLook = setTimeout(() => void this.#lookAgain(boundedMs), boundedMs).unref();
    }
  }

  /** Under a login of its own: the other may have ended, or be used at this moment. */
  async #lookAgain(delayMs: number): Promise<void> {
    try {
      const secretId = await this.#secretId();
      const lease = await this.#logIn(secretId);
      await this.#renewSecretId(lease, secretId);
      await this.#vault
        .withToken(lease.token)
        .revokeToken()
        .catch(() => undefined);
    } catch (error) {
      this.#warn(`the secret id could not be looked at, to renew it in time: ${describeError(error)}`);
      this.#lookAgainIn(Math.min(delayMs, RETRY_LOOK_MS));
    }
  }

  #warn(warning: string): void {
    if (!this.#isDisposed) {
      this.#options.onWarning?.(warning);
    }
  }
}

/**
 * The secret id from where it is: given, in a file, or in a wrapping, which gives it once.
 *
 * @param rolePath the only role whose secret id may be in the wrapping. @default - any
 * @throws ExplainedError where the file has none, and as {@link unwrapSecretId}
 */
export async function secretIdOf(
  vault: VaultConnection,
  { secretId, secretIdFile, wrappingToken = '' }: AppRoleLoginOptions,
  rolePath?: string,
): Promise<string> {
  return secretIdFile === undefined
    ? (secretId ?? unwrapSecretId(vault, wrappingToken, rolePath))
    : new SecretIdFile(secretIdFile).read();
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
    const reasons =
      statusCode === 400
        ? 'one of them is wrong, expired or used up, or this network may not use them; have a new secret id issued'
        : 'one of them is wrong, expired or used up, this network may not use them, or Vault has locked the role out for some minutes after refused logins, which may have been those of another program; look for that one first, then have a new secret id issued';
    return new NotPermitted(
      `Vault does not log role id and secret id in at auth/${appRolePath} (${statusCode}): ${reasons}`,
    );
  }
  return explainOutage(error, address, `log in at auth/${appRolePath}`);
}

function leaseOf(reply: unknown): VaultLease {
  const auth = fieldsOf(fieldsOf(reply).auth);
  const { role_name: roleName } = isFields(auth.metadata) ? auth.metadata : {};
  return {
    token: textOf(auth.client_token),
    durationSeconds: numberOf(auth.lease_duration),
    renewable: auth.renewable === true,
    roleName: typeof roleName === 'string' ? roleName : undefined,
  };
}
