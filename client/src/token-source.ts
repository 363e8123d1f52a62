import {
  type CredentialReading,
  isPassing,
  LoginHoldOff,
  NotAuthorizedYet,
  NotPermitted,
  Period,
  readCredential,
  ReauthorizationRequired,
  retry,
  type RetryOptions,
  timerMs,
  transient,
  unlessAborted,
  VaultConnection,
  type VaultConnectionOptions,
  type VaultLogin,
} from '#core';
import { loginAs, type LoginIdentity } from './login/login-identity';

/** The settings, and one identity. */
export type TokenSourceOptions = TokenSourceSettings & LoginIdentity;

export interface TokenSourceSettings extends Omit<VaultConnectionOptions, 'token' | 'certificate' | 'signal'> {
  /** Name of the credential. */
  readonly credential: string;
  /** Mount of the engine. @default "oauthapp" */
  readonly mountPath?: string;
  /** Time before the expiry of a token at which it is read again. A tenth of its life is the limit. @default 60 */
  readonly refreshAheadSeconds?: number;
  /**
   * Pause after a failure, in milliseconds. During it, every caller gets that failure without a request to Vault. If Vault
   * asks for a longer pause, that one counts, up to 5 minutes. After a permanent refusal the pause doubles each time, up to
   * a minute. A refused login has its own growing pauses. @default 1000
   */
  readonly holdOffMs?: number;
  /**
   * Longest wait of disposal for a request under way, in milliseconds. The request may be refreshing a token, and the engine
   * may take twice its provider timeout. Set more if the deployment declares more than 12 s. @default 25000
   */
  readonly closeTimeoutMs?: number;
  /** Retries of transient failures. @default - four attempts within some seconds */
  readonly retry?: RetryOptions;
  /**
   * Called with each warning of the engine, such as a failing refresh, once for each reading. It is also called if the secret
   * id could not be renewed. @default - warnings are ignored
   */
  readonly onWarning?: (warning: string) => void;
  /** The clock, in milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Longest pause that a server may ask for. */
const MAX_RETRY_AFTER_MS = 300_000;

/** A grant can be revoked or replaced long before its token expires. */
const LONGEST_CACHE_MS = 3_600_000;

/** Longest wait for Vault while the previous token still works. */
const PATIENCE_MS = 2000;

/** Longest pause after failures, unless the server asks for more. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * A source of fresh access tokens of one credential, for a program that runs for long.
 *
 * All waiting callers share one request. The token is not a property, so a printed object or error does not show it.
 *
 * ```ts
 * await using tokens = new TokenSource({ address, credential: 'testauth', roleId, secretIdFile });
 * const { accessToken } = await tokens.token();
 * ```
 */
export class TokenSource implements AsyncDisposable {
  readonly credential: string;
  readonly #options: TokenSourceSettings;
  readonly #vault: VaultConnection;
  readonly #login: VaultLogin;
  readonly #closing = new AbortController();
  readonly #now: () => number;
  #cached?: { readonly reading: CredentialReading; readonly pause: Period };
  #failure?: { readonly error: unknown; readonly pause: Period };
  /** Number of failed reads since the last successful one. */
  #failures = 0;
  #newLogins: LoginHoldOff;
  #underWay?: { readonly read: Promise<CredentialReading>; readonly patience: Promise<void> };

  constructor(options: TokenSourceOptions) {
    this.credential = options.credential;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    const { address, allowHttp, namespace, ca, timeoutMs } = options;
    this.#vault = new VaultConnection({ address, allowHttp, namespace, ca, timeoutMs });
    this.#login = loginAs(this.#vault, options, options.onWarning);
    this.#newLogins = new LoginHoldOff(this.#now);
  }

  /**
   * Name of the app, as Vault named it at the last login.
   *
   * @internal
   */
  get app(): string | undefined {
    return this.#login.roleName;
  }

  /**
   * Whether only this process holds the secret id, because its wrapping token is used up.
   *
   * @internal
   */
  get holdsUnwrapped(): boolean {
    return this.#login.holdsUnwrapped;
  }

  /**
   * Returns the access token from the cache or from Vault. Vault is asked at least each hour. While Vault does not answer,
   * callers get the previous token until it expires.
   *
   * The signal ends the wait of this caller only. The request continues for the others.
   *
   * @throws NotAuthorizedYet, ReauthorizationRequired, IntegrationRefused, TemporarilyUnavailable, NotPermitted,
   *   NotDeployed, VaultSealed or VaultUnreachableError
   */
  async token({ signal }: { readonly signal?: AbortSignal } = {}): Promise<CredentialReading> {
    signal?.throwIfAborted();
    if (this.#closing.signal.aborted) {
      throw this.#closing.signal.reason;
    }
    if (this.#cached?.pause.includes(this.#now())) {
      return this.#cached.reading;
    }
    if (this.#failure?.pause.includes(this.#now())) {
      throw this.#failure.error;
    }
    this.#underWay ??= this.#begin();
    const { read, patience } = this.#underWay;
    return unlessAborted(Promise.race([read, patience.then(() => this.#working() ?? read)]), signal);
  }

  /** Reports that Webex refused this token. The next call reads it again, unless that has happened already. */
  reject(reading: CredentialReading): void {
    if (this.#cached?.reading === reading) {
      this.#cached = undefined;
    }
  }

  /** Drops the cached token or failure, so the next call asks Vault. Call it after a change of the credential. */
  forget(): void {
    this.#cached = undefined;
    this.#failure = undefined;
  }

  /**
   * Revokes the Vault token of the login. A request under way has some time to finish, because a hang-up during a refresh
   * would lose a grant whose refresh token rotates. Callers who still wait then get an error.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const { closeTimeoutMs = REFRESH_WAIT_MS } = this.#options;
    this.#closing.abort(new Error('this TokenSource is closed; make a new one'));
    await within(closeTimeoutMs, this.#underWay?.read);
    this.#cached = undefined;
    await this.#login[Symbol.asyncDispose]();
    await this.#vault.close();
  }

  #begin(): { read: Promise<CredentialReading>; patience: Promise<void> } {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      if (this.#working() !== undefined) {
        timer = setTimeout(resolve, PATIENCE_MS);
      }
    });
    const read = this.#readThrough().finally(() => {
      clearTimeout(timer);
      this.#underWay = undefined;
    });
    return { read, patience };
  }

  async #readThrough(): Promise<CredentialReading> {
    try {
      const signal = this.#closing.signal;
      const reading = await retry(() => this.#read(), transient, { ...this.#options.retry, signal });
      this.#cached = { reading, pause: this.#pauseUntil(this.#cacheUntil(reading)) };
      this.#failure = undefined;
      this.#failures = 0;
      this.#newLogins = new LoginHoldOff(this.#now);
      reading.warnings.forEach((warning) => this.#options.onWarning?.(warning));
      return reading;
    } catch (error) {
      this.#failures += 1;
      const isFinal = isAboutGrant(error) || this.#closing.signal.aborted;
      const reading = isFinal ? undefined : this.#working();
      return reading === undefined ? this.#fail(error) : this.#goOn(reading, error);
    }
  }

  #fail(error: unknown): never {
    const { holdOffMs = 1000 } = this.#options;
    const pauseMs = isPassing(error) ? Math.max(holdOffMs, askedMs(error)) : this.#growingPauseMs();
    this.#cached = undefined;
    // The login holds off its own refusals, and notices another secret id, token or certificate at once.
    const isHeldOff = error instanceof NotPermitted && error.credential === undefined;
    this.#failure = isHeldOff ? undefined : { error, pause: this.#pauseUntil(this.#now() + pauseMs) };
    throw error;
  }

  #goOn(reading: CredentialReading, error: unknown): CredentialReading {
    const end = reading.expireTime?.getTime() ?? Number.POSITIVE_INFINITY;
    const until = Math.min(end, this.#now() + Math.max(this.#growingPauseMs(), askedMs(error)));
    this.#cached = { reading, pause: this.#pauseUntil(until) };
    this.#options.onWarning?.(
      `the access token of "${this.credential}" still works, but cannot be read again: ${text(error)}`,
    );
    return reading;
  }

  #pauseUntil(until: number): Period {
    return new Period(this.#now(), until);
  }

  #growingPauseMs(): number {
    const { holdOffMs = 1000 } = this.#options;
    return Math.max(holdOffMs, Math.min(LONGEST_PAUSE_MS, holdOffMs * 2 ** (this.#failures - 1)));
  }

  /** The last reading, until its token expires. */
  #working(): CredentialReading | undefined {
    const reading = this.#cached?.reading;
    const isExpired = reading?.expireTime !== undefined && this.#now() >= reading.expireTime.getTime();
    return isExpired ? undefined : reading;
  }

  async #read(): Promise<CredentialReading> {
    const { mountPath = 'oauthapp' } = this.#options;
    const known = this.#login.loggedIn;
    try {
      return await readCredential(await this.#login.vault(), mountPath, this.credential);
    } catch (error) {
      if (!known || !(error instanceof NotPermitted)) {
        throw error;
      }
      // The Vault token may have been revoked, or a rebuilt server may not know it. A new token shows which.
      return this.#newLogins.attempt(
        this.credential,
        async () => readCredential(await this.#login.logInAgain(), mountPath, this.credential),
        // The login holds off its own refusals.
        (refusal) => refusal.credential !== undefined,
      );
    }
  }

  #cacheUntil({ expireTime }: CredentialReading): number {
    const { refreshAheadSeconds = 60, retry: { random = Math.random } = {} } = this.#options;
    const lookAgain = this.#now() + LONGEST_CACHE_MS * (0.9 + 0.1 * random());
    if (!expireTime) {
      return lookAgain;
    }
    const lifeMs = expireTime.getTime() - this.#now();
    return Math.min(lookAgain, expireTime.getTime() - Math.min(refreshAheadSeconds * 1000, lifeMs / 10));
  }
}

/** Whether the grant is gone, or the app may not read it. */
function isAboutGrant(error: unknown): boolean {
  return (
    error instanceof NotAuthorizedYet ||
    error instanceof ReauthorizationRequired ||
    (error instanceof NotPermitted && error.credential !== undefined)
  );
}

/** The pause that the server asks for. */
function askedMs(error: unknown): number {
  return Math.min(MAX_RETRY_AFTER_MS, transient(error)?.retryAfterMs ?? 0);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Waits until the work has succeeded or failed, or the time is over. */
async function within(timeoutMs: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((resolve) => (timer = setTimeout(resolve, timerMs(timeoutMs))));
  await Promise.race([work?.catch(() => undefined), timeout]);
  clearTimeout(timer);
}

/**
 * Time that a read under way has at the end of a program. A reader who hangs up during a refresh can lose a grant whose
 * refresh token rotates. The engine waits 12 s for Webex by default, and as long for a refresh before it.
 */
export const REFRESH_WAIT_MS = 25_000;
