import { NotPermitted, TemporarilyUnavailable, VaultSealed } from './credential-errors';
import { safeText } from './safe-text';
import { unwrapSecretId } from '../../lib/access/secret-id';
import { readSetting, VaultResponseError, type VaultClient, type VaultLogin } from '../../lib/vault/vault-client';

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

interface Session {
  readonly vault: VaultClient;
  readonly expiresAt: number;
}

/** Longest delay that a timer of Node can have. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * One Vault token of an AppRole, kept alive by renewing it; where Vault renews it no further, the next use logs in.
 * Its timer does not keep the process alive.
 */
export class AppRoleLogin implements AsyncDisposable {
  readonly #vault: VaultClient;
  readonly #options: AppRoleLoginOptions;
  #unwrapped?: string;
  #session?: Session;
  #renewal?: NodeJS.Timeout;

  /**
   * @throws TypeError unless there is exactly one source of the secret id
   */
  constructor(vault: VaultClient, options: AppRoleLoginOptions) {
    const sources = [options.secretId, options.secretIdFile, options.wrappingToken];
    if (sources.filter((source) => source !== undefined).length !== 1) {
      throw new TypeError('give exactly one of secretId, secretIdFile and wrappingToken');
    }
    this.#vault = vault;
    this.#options = options;
  }

  /** Whether there is a Vault token that should still be good. */
  get loggedIn(): boolean {
    return this.#session !== undefined && Date.now() < this.#session.expiresAt;
  }

  /**
   * A client that acts under the login. Not for concurrent use: two first calls log in twice.
   *
   * @throws NotPermitted where Vault does not accept role id or secret id, WrappingTokenSpentError,
   *   WrappingTokenForgedError
   */
  async vault(): Promise<VaultClient> {
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
    await session?.vault.write('auth/token/revoke-self', {}).catch(() => undefined);
  }

  async #logIn(): Promise<VaultLogin> {
    const { roleId, appRolePath = 'approle' } = this.#options;
    const secretId = await this.#secretId();
    try {
      return await this.#vault.loginAppRole(roleId, secretId, appRolePath);
    } catch (error) {
      throw error instanceof VaultResponseError ? this.#explain(error, appRolePath) : error;
    }
  }

  async #secretId(): Promise<string> {
    const { secretId, secretIdFile, wrappingToken = '' } = this.#options;
    if (secretIdFile !== undefined) {
      return readSetting('secretIdFile', secretIdFile).trim();
    }
    this.#unwrapped ??= secretId ?? (await unwrapSecretId(this.#vault, wrappingToken));
    return this.#unwrapped;
  }

  #explain(error: VaultResponseError, appRolePath: string): Error {
    const { statusCode, retryAfterMs } = error;
    if ([400, 401, 403, 404].includes(statusCode)) {
      return new NotPermitted(
        `Vault does not log role id and secret id in at auth/${appRolePath} (${statusCode}): one of them is wrong, expired or used up, or this network may not use them; issue a new secret id`,
      );
    }
    const said = safeText(error.said) || 'no message';
    return said.includes('sealed')
      ? new VaultSealed(this.#vault.address)
      : new TemporarilyUnavailable(
          `Vault could not log in at auth/${appRolePath} (${statusCode}: ${said}); try again later`,
          retryAfterMs,
        );
  }

  #keep({ token, leaseDurationSeconds, renewable }: VaultLogin): void {
    const leaseMs = leaseDurationSeconds * 1000;
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
      const renewed = await session?.vault.renewToken();
      if (renewed && session === this.#session) {
        this.#keep(renewed);
      }
    } catch {
      // Whoever needs the token next gets a new one, or hears why not.
    }
  }
}
