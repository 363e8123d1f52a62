import { readCredential, type CredentialReading } from './credential';
import { NotPermitted } from './credential-errors';
import { loginAs, type AppIdentity } from './login/app-identity';
import type { VaultLogin } from './login/vault-login';
import { timerMs } from './longest-timer';
import { unlessAborted } from './on-abort';
import { retry, type RetryOptions } from './retry';
import { transient } from './transient';
import { VaultConnection, type VaultConnectionOptions } from './vault-connection';

/** One identity, and: */
export type TokenSourceOptions = TokenSourceSettings & AppIdentity;

export interface TokenSourceSettings extends Omit<VaultConnectionOptions, 'token' | 'certificate' | 'signal'> {
  /** Name of the credential. */
  readonly credential: string;
  /** Where the engine is mounted. @default "oauthapp" */
  readonly mountPath?: string;
  /** How long before its expiry a token is read again, but never more than a tenth of its life. @default 60 */
  readonly refreshAheadSeconds?: number;
  /**
   * After a failure that may pass, every caller gets it for this long without asking Vault; for longer where Vault asks
   * for that, up to 5 minutes. A login that is refused is tried again after growing pauses, whatever this says.
   * @default 1000
   */
  readonly holdOffMs?: number;
  /** Longest that disposal waits for a request under way, which may be refreshing a token. @default 25000 */
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

/** The engine waits 12 s for Webex by default, and for a refresh of its own before that. */
const CLOSE_TIMEOUT_MS = 25_000;

/** Longest that a server which asks to be left alone is. */
const MAX_RETRY_AFTER_MS = 300_000;

/** For a token without an expiry: it may be replaced in Vault all the same. */
const CACHE_WITHOUT_EXPIRY_MS = 3_600_000;

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
  #cached?: { readonly reading: CredentialReading; readonly until: number };
  #failure?: { readonly error: unknown; readonly until: number };
  #underWay?: Promise<CredentialReading>;

  constructor(options: TokenSourceOptions) {
    this.credential = options.credential;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    const { address, namespace, ca, timeoutMs } = options;
    this.#vault = new VaultConnection({ address, namespace, ca, timeoutMs });
    this.#login = loginAs(this.#vault, options, options.onWarning);
  }

  /**
   * The access token, from the cache or from Vault.
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
    if (this.#cached && this.#now() < this.#cached.until) {
      return this.#cached.reading;
    }
    if (this.#failure && this.#now() < this.#failure.until) {
      throw this.#failure.error;
    }
    this.#underWay ??= this.#readThrough().finally(() => (this.#underWay = undefined));
    return unlessAborted(this.#underWay, signal);
  }

  /** Tells that Webex refused this token: the next caller gets it read again, unless that has happened already. */
  reject(reading: CredentialReading): void {
    if (this.#cached?.reading === reading) {
      this.#cached = undefined;
    }
  }

  /**
   * Revokes the Vault token that it logged in with. A request under way may finish, for some time: hanging up while the
   * engine refreshes would lose a grant whose refresh token rotates. Callers who wait longer get an error.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const { closeTimeoutMs = CLOSE_TIMEOUT_MS } = this.#options;
    this.#closing.abort(new Error('this TokenSource is closed; make a new one'));
    await within(closeTimeoutMs, this.#underWay);
    this.#cached = undefined;
    await this.#login[Symbol.asyncDispose]();
    await this.#vault.close();
  }

  async #readThrough(): Promise<CredentialReading> {
    const { holdOffMs = 1000, onWarning } = this.#options;
    try {
      const signal = this.#closing.signal;
      const reading = await retry(() => this.#read(), transient, { ...this.#options.retry, signal });
      this.#cached = { reading, until: this.#cacheUntil(reading) };
      this.#failure = undefined;
      reading.warnings.forEach((warning) => onWarning?.(warning));
      return reading;
    } catch (error) {
      const passes = transient(error);
      if (!passes) {
        throw error;
      }
      const askedMs = Math.min(MAX_RETRY_AFTER_MS, passes.retryAfterMs ?? 0);
      const until = this.#now() + Math.max(holdOffMs, askedMs);
      const reading = this.#cached?.reading;
      if (reading?.expireTime && this.#now() < reading.expireTime.getTime()) {
        this.#cached = { reading, until };
        onWarning?.(`the access token of "${this.credential}" still works, but cannot be read anew: ${text(error)}`);
        return reading;
      }
      this.#failure = { error, until };
      throw error;
    }
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
      this.#login.forget();
      return await readCredential(await this.#login.vault(), mountPath, this.credential);
    }
  }

  #cacheUntil({ expireTime }: CredentialReading): number {
    if (!expireTime) {
      return this.#now() + CACHE_WITHOUT_EXPIRY_MS;
    }
    const { refreshAheadSeconds = 60 } = this.#options;
    const lifeMs = expireTime.getTime() - this.#now();
    return expireTime.getTime() - Math.min(refreshAheadSeconds * 1000, lifeMs / 10);
  }
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
