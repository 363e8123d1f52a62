import { NotPermitted } from '../vault/credential-errors';
import { timerMs } from '../duration';
import { describeError } from '../safe-text';
import type { VaultConnection } from '../vault/vault-connection';
import { unwrapSecretId, WrappedSecretId } from './wrapped-secret-id';
import { SecretIdFile } from './secret-id-file';
import { renewSecretId } from './secret-id-renewal';
import { loginAt, type VaultLease } from './vault-lease';
import { type LoggedIn, type Presented, VaultLogin } from './vault-login';

/** The login by an AppRole. Exactly one of `secretId`, `secretIdFile` and `wrappingToken` is set. */
export interface AppRoleLoginOptions {
  /** Role id of the app. It is not a secret. */
  readonly roleId: string;
  /** The secret id itself. */
  readonly secretId?: string;
  /** File with the secret id. It is read at every login, so it may be replaced while the program runs. */
  readonly secretIdFile?: string;
  /** Response-wrapping token that holds the secret id. It is unwrapped once, at the first login. */
  readonly wrappingToken?: string;
  /**
   * Whether to issue a new secret id, and to write it to `secretIdFile`, if less than a third of its life is left. The app
   * must be declared with `renewsSecretId`. A failure is a warning. @default false
   */
  readonly renewSecretId?: boolean;
  /** Called with the reason if the secret id could not be renewed. @default - ignored */
  readonly onWarning?: (warning: string) => void;
  /** Mount of the AppRole auth method. @default "approle" */
  readonly appRolePath?: string;
}

/** Shortest wait before the next look at a secret id, and longest wait after a failed look. */
const MIN_LOOK_MS = 1000;
const RETRY_LOOK_MS = 3_600_000;

/** A login by role id and secret id. */
export class AppRoleLogin extends VaultLogin {
  readonly #vault: VaultConnection;
  readonly #options: AppRoleLoginOptions;
  readonly #wrapped?: WrappedSecretId;
  #nextLook?: NodeJS.Timeout;
  #isDisposed = false;

  /** @throws TypeError unless there is exactly one source of the secret id, and a file if it is renewed */
  constructor(vault: VaultConnection, options: AppRoleLoginOptions) {
    super();
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

  override get holdsUnwrapped(): boolean {
    return this.#wrapped?.isUnwrapped ?? false;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#nextLook);
    await super[Symbol.asyncDispose]();
  }

  protected override async present(): Promise<Presented> {
    const { roleId, appRolePath } = this.#options;
    const secretId = await (this.#wrapped?.read() ?? secretIdOf(this.#vault, this.#options));
    const logIn = () => loginAppRole(this.#vault, { roleId, secretId, appRolePath });
    return { proof: secretId, vault: this.#vault, logIn };
  }

  /** Never fails, because a login works without a renewal. */
  protected override async onLogin({ vault, lease: { roleName = '' }, proof }: LoggedIn): Promise<void> {
    const { renewSecretId: isWanted = false, secretIdFile, appRolePath = 'approle' } = this.#options;
    if (!isWanted || secretIdFile === undefined) {
      return;
    }
    const { warning, lookAgainMs } = await renewSecretId(vault, {
      rolePath: `auth/${appRolePath}/role/${roleName}`,
      secretId: proof,
      file: new SecretIdFile(secretIdFile),
    });
    if (warning !== undefined) {
      this.#warn(warning);
    }
    if (lookAgainMs !== undefined) {
      this.#lookAgainIn(lookAgainMs);
    }
  }

  /** Serves a program that reads so seldom that its secret id could expire between two logins. */
  #lookAgainIn(delayMs: number): void {
    clearTimeout(this.#nextLook);
    if (!this.#isDisposed) {
      const boundedMs = timerMs(Math.max(MIN_LOOK_MS, delayMs));
      this.#nextLook = setTimeout(() => void this.#lookAgain(boundedMs), boundedMs).unref();
    }
  }

  /** Uses its own login: the other may have expired, or be in use. */
  async #lookAgain(delayMs: number): Promise<void> {
    try {
      const login = await this.logIn();
      await this.onLogin(login);
      await login.vault.revokeToken().catch(() => undefined);
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
 * Returns the secret id from its source: given, in a file, or wrapped.
 *
 * @param rolePath the only role whose secret id the wrapping may hold. @default - any
 * @throws ExplainedError if the file has none, or the errors of {@link unwrapSecretId}
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
 * Logs in once. {@link AppRoleLogin} also keeps the token alive.
 *
 * @throws NotPermitted if Vault does not accept role id or secret id, NotDeployed, TemporarilyUnavailable, VaultSealed
 */
export async function loginAppRole(
  vault: VaultConnection,
  { roleId, secretId, appRolePath = 'approle' }: { roleId: string; secretId: string; appRolePath?: string },
): Promise<VaultLease> {
  const explain = (_said: string, statusCode: number): NotPermitted | undefined => {
    const reason = REASONS[statusCode];
    const message = `Vault does not log role id and secret id in at auth/${appRolePath} (${statusCode}): ${reason}`;
    return reason === undefined ? undefined : new NotPermitted(message);
  };
  const data = { role_id: roleId, secret_id: secretId };
  return loginAt(vault, { mountPath: appRolePath, data, secret: secretId, explain });
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'one of them is wrong, expired or used up, or this network may not use them; have a new secret id issued',
  403: 'one of them is wrong, expired or used up, or this network may not use them. Vault may also have locked the role out for some minutes, after refused logins of another program. Look for that program first, then have a new secret id issued',
};
