import {
  readCredential,
  type CredentialReading,
  NotAuthorizedYet,
  NotPermitted,
  ReauthorizationRequired,
  VaultSealed,
  LoginHoldOff,
  type VaultLogin,
  timerMs,
  unlessAborted,
  Period,
  retry,
  type RetryOptions,
  transient,
  VaultConnection,
  type VaultConnectionOptions,
} from '#core';
import { loginAs, type LoginIdentity } from './login/login-identity';
import { REFRESH_WAIT_MS } from './refresh-wait';

/** One identity, and: */
export type TokenSourceOptions = TokenSourceSettings & LoginIdentity;

export interface TokenSourceSettings extends Omit<VaultConnectionOptions, 'token' | 'certificate' | 'signal'> {
  /** Name of the credential. */
  readonly credential: string;
  /** Where the engine is mounted. @default "oauthapp" */
  readonly mountPath?: string;
  /** How long before its expiry a token is read again, but never more than a tenth of its life. @default 60 */
  readonly refreshAheadSeconds?: number;
  /**
   * After a failure, every caller gets it for this long without asking Vault. If Vault asks for a longer pause, that one
   * counts, up to 5 minutes. After a refusal for good the pause doubles each time, up to a minute. A login that is refused is
   * tried again after growing pauses, whatever this says. @default 1000
   */
  readonly holdOffMs?: number;
  /**
   * Longest that disposal waits for a request under way, which may be refreshing a token. The engine may take twice its
   * provider timeout, so give more where the deployment declares more than 12 s. @default 25000
   */
  readonly closeTimeoutMs?: number;
  /** How failures that may pass are retried. @default - four attempts within some seconds */
  readonly retry?: RetryOptions;
  /**
   * Called with what the engine warns of, such as a refresh that keeps failing: once for each reading; and with why the
   * secret id could not be renewed.
   */
  readonly onWarning?: (warning: string) => void;
  /** The clock, in milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Longest that a server which asks to be left alone is. */
const MAX_RETRY_AFTER_MS = 300_000;

/** A grant can be revoked or replaced long before its token expires. Instances read at different moments. */
const LONGEST_CACHE_MS = 3_600_000;

/** Callers wait this long for Vault while the token before still works. */
const PATIENCE_MS = 2000;

/** Longest pause of our own choice after failures. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Fresh access tokens of one credential, for a program that runs for long.
 *
 * However many callers wait, one request is under way. The token appears in no property, so nothing that prints this
 * object or an error of it shows the token.
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
  /** How many reads have failed since the last one that did not. */
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
   * The access token, from the cache or from Vault, which is asked at least each hour. While Vault does not answer, a token
   * that still works is handed out.
   *
   * @param options.signal ends this caller's waiting; the request goes on for the others
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

  /** Tells that Webex refused this token: the next caller gets it read again, unless that has happened already. */
  reject(reading: CredentialReading): void {
    if (this.#cached?.reading === reading) {
      this.#cached = undefined;
    }
  }

  /** Drops the token, or the failure that is held off: for a program that has changed the credential itself. */
  forget(): void {
    this.#cached = undefined;
    this.#failure = undefined;
  }

  /**
   * Revokes the Vault token that it logged in with. A request under way may finish, for some time: hanging up while the
   * engine refreshes would lose a grant whose refresh token rotates. Callers who wait longer get an error.
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
    const passes = transient(error) !== undefined || error instanceof VaultSealed;
    const pauseMs = passes ? Math.max(holdOffMs, askedMs(error)) : this.#growingPauseMs();
    this.#cached = undefined;
    // A refused login is held off where another secret id, token or certificate is noticed at once.
    const isHeldOff = error instanceof NotPermitted && error.credential === undefined;
    this.#failure = isHeldOff ? undefined : { error, pause: this.#pauseUntil(this.#now() + pauseMs) };
    throw error;
  }

  #goOn(reading: CredentialReading, error: unknown): CredentialReading {
    const end = reading.expireTime?.getTime() ?? Number.POSITIVE_INFINITY;
    const until = Math.min(end, this.#now() + Math.max(this.#growingPauseMs(), askedMs(error)));
    this.#cached = { reading, pause: this.#pauseUntil(until) };
    this.#options.onWarning?.(
      `the access token of "${this.credential}" still works, but cannot be read anew: ${text(error)}`,
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
      // The Vault token may have been revoked, or forgotten by a server that was rebuilt: only a new one can tell.
      return this.#newLogins.attempt(
        this.credential,
        async () => readCredential(await this.#login.logInAgain(), mountPath, this.credential),
        // The login holds off its own refusals, until there is another secret id, token or certificate.
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

/** Whether Vault has said that there is no grant any more, or none for this app. */
function isAboutGrant(error: unknown): boolean {
  return (
    error instanceof NotAuthorizedYet ||
    error instanceof ReauthorizationRequired ||
    (error instanceof NotPermitted && error.credential !== undefined)
  );
}

/** How long the server asks to be left alone. */
function askedMs(error: unknown): number {
  return Math.min(MAX_RETRY_AFTER_MS, transient(error)?.retryAfterMs ?? 0);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whatever becomes of it. */
async function within(timeoutMs: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((resolve) => (timer = setTimeout(resolve, timerMs(timeoutMs))));
  await Promise.race([work?.catch(() => undefined), timeout]);
  clearTimeout(timer);
}
