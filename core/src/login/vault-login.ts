import { Period, timerMs } from '../duration';
import type { VaultConnection } from '../vault/vault-connection';
import { LoginHoldOff } from './login-hold-off';
import { leaseOf, type VaultLease } from './vault-lease';

/** The identity that a login presents. */
export interface Presented {
  /** Such as a secret id. After a refusal it is not presented again for a while. */
  readonly proof: string;
  /** The connection for the login, and for the token. */
  readonly vault: VaultConnection;
  readonly logIn: () => Promise<VaultLease>;
}

/** A login that succeeded. */
export interface LoggedIn {
  readonly proof: string;
  readonly lease: VaultLease;
  /** With the token of the lease. */
  readonly vault: VaultConnection;
}

interface Session {
  readonly vault: VaultConnection;
  readonly expiresAt: number;
  readonly life: Period;
}

/**
 * One Vault token of an app, kept alive by renewal. If Vault does not renew it further, the next use logs in again. The timer
 * does not keep the process alive.
 */
export abstract class VaultLogin implements AsyncDisposable {
  readonly #holdOff: LoginHoldOff;
  #session?: Session;
  #renewal?: NodeJS.Timeout;
  #revocations: Promise<unknown> = Promise.resolve();
  #roleName?: string;

  constructor(holdOff = new LoginHoldOff()) {
    this.#holdOff = holdOff;
  }

  /** Whether only this process holds the secret id, because it was wrapped. */
  get holdsUnwrapped(): boolean {
    return false;
  }

  /** Role of the last login, as Vault named it. @default - Vault has named none */
  get roleName(): string | undefined {
    return this.#roleName;
  }

  /** Whether there is a Vault token that has not expired. */
  get loggedIn(): boolean {
    return this.#session?.life.includes(Date.now()) ?? false;
  }

  /**
   * Returns a connection with the token of the login. Not for concurrent use: two first calls log in twice. A refused secret id,
   * token or certificate is presented again after growing pauses of up to 16 minutes, or one minute for methods without a
   * lockout. Another one in its file is presented at once.
   *
   * @throws NotPermitted if Vault refuses the login, NotDeployed, TemporarilyUnavailable, VaultSealed; for an AppRole also
   *   WrappingTokenSpentError, WrappingTokenForgedError
   */
  async vault(): Promise<VaultConnection> {
    return this.#session !== undefined && this.loggedIn ? this.#session.vault : this.logInAgain();
  }

  /**
   * Returns a connection with a new Vault token, because Vault may refuse the old one. The old one is revoked in the
   * background afterwards.
   */
  async logInAgain(): Promise<VaultConnection> {
    const login = await this.logIn();
    this.#roleName = login.lease.roleName ?? this.#roleName;
    this.#drop();
    this.#keep(login.vault, login.lease);
    await this.onLogin?.(login);
    return this.#session?.vault ?? login.vault.withToken(undefined);
  }

  /** Revokes the Vault token. If that fails, the token expires with its lease. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#drop();
    await this.#revocations;
  }

  /** The identity to present, read anew. */
  protected abstract present(): Presented | Promise<Presented>;

  /** Called after each login of {@link vault}. It must not fail. */
  protected onLogin?(login: LoggedIn): Promise<void>;

  /** Logs in. The caller owns the token. @throws as {@link vault} */
  protected async logIn(): Promise<LoggedIn> {
    const { proof, vault, logIn } = await this.present();
    const lease = await this.#holdOff.attempt(proof, logIn);
    return { proof, lease, vault: vault.withToken(lease.token) };
  }

  #drop(): void {
    clearTimeout(this.#renewal);
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined && Date.now() < session.expiresAt) {
      this.#revocations = Promise.allSettled([this.#revocations, session.vault.revokeToken()]);
    }
  }

  #keep(vault: VaultConnection, { durationSeconds, renewable }: VaultLease): void {
    const leaseMs = durationSeconds * 1000;
    const now = Date.now();
    const expiresAt = leaseMs === 0 ? Number.POSITIVE_INFINITY : now + leaseMs;
    const later = expiresAt - (this.#session?.expiresAt ?? 0);
    this.#session = { vault, expiresAt, life: new Period(now, expiresAt) };
    // At the token's maximum life a renewal succeeds without moving the expiry.
    if (renewable && leaseMs > 0 && later > leaseMs / 10) {
      const delayMs = timerMs(leaseMs * (2 / 3));
      this.#renewal = setTimeout(() => void this.#renew(), delayMs).unref();
    }
  }

  async #renew(): Promise<void> {
    const session = this.#session;
    try {
      const renewed = await session?.vault.write('auth/token/renew-self', {}, leaseOf);
      if (session !== undefined && renewed !== undefined && session === this.#session) {
        this.#keep(session.vault, renewed);
      }
    } catch {
      // The next use logs in, or reports the error.
    }
  }
}
