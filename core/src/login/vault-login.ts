import { timerMs } from '../longest-timer';
import { Period } from '../period';
import type { VaultConnection } from '../vault/vault-connection';
import { LoginHoldOff } from './login-hold-off';
import { leaseOf, type VaultLease } from './vault-lease';

/** What Vault is shown at a login. */
export interface Presented {
  /** What proves who it is; for a while after it was refused it is not shown again. */
  readonly proof: string;
  /** The connection to log in by, and to use the token with. */
  readonly vault: VaultConnection;
  readonly logIn: () => Promise<VaultLease>;
}

/** A login that succeeded. */
export interface LoggedIn {
  readonly proof: string;
  readonly lease: VaultLease;
  /** Under the token of the lease. */
  readonly vault: VaultConnection;
}

interface Session {
  readonly vault: VaultConnection;
  readonly expiresAt: number;
  readonly life: Period;
}

/**
 * One Vault token of an app, kept alive by renewing it; where Vault renews it no further, the next use logs in. Its timer
 * does not keep the process alive.
 */
export abstract class VaultLogin implements AsyncDisposable {
  readonly #holdOff: LoginHoldOff;
  #session?: Session;
  #renewal?: NodeJS.Timeout;
  #revocations: Promise<unknown> = Promise.resolve();

  constructor(holdOff = new LoginHoldOff()) {
    this.#holdOff = holdOff;
  }

  /** Whether what it logs in with was taken out of its wrapping, and ends with this process. */
  get holdsUnwrapped(): boolean {
    return false;
  }

  /** Whether there is a Vault token that should still be good. */
  get loggedIn(): boolean {
    return this.#session?.life.includes(Date.now()) ?? false;
  }

  /**
   * A connection that acts under the login. Not for concurrent use: two first calls log in twice. What was refused is
   * shown again after growing pauses only, of up to 16 minutes, or one where Vault has no lockout; another secret id,
   * token or certificate in its file at once.
   *
   * @throws NotPermitted where Vault does not accept what it is shown, NotDeployed, TemporarilyUnavailable, VaultSealed;
   *   of an AppRole also WrappingTokenSpentError, WrappingTokenForgedError
   */
  async vault(): Promise<VaultConnection> {
    return this.#session !== undefined && this.loggedIn ? this.#session.vault : this.logInAgain();
  }

  /**
   * As {@link vault}, for a Vault token that Vault may not accept any more. It is revoked in the background, once there is
   * another one.
   */
  async logInAgain(): Promise<VaultConnection> {
    const login = await this.logIn();
    this.#drop();
    this.#keep(login.vault, login.lease);
    await this.onLogin?.(login);
    return this.#session?.vault ?? login.vault.withToken(undefined);
  }

  /** Revokes the Vault token; where that fails it ends by itself, with its lease. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#drop();
    await this.#revocations;
  }

  /** What to show, looked up anew. */
  protected abstract present(): Presented | Promise<Presented>;

  /** Called after each login of {@link vault}; must not fail. */
  protected onLogin?(login: LoggedIn): Promise<void>;

  /** Logs in, and leaves the token to the caller. @throws as {@link vault} */
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
      if (session !== undefined && renewed !== undefined && session === this.#session) {
        this.#keep(session.vault, renewed);
      }
    } catch {
      // Whoever needs the token next gets a new one, or hears why not.
    }
  }
}
