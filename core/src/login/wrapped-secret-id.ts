import { commandLine } from '../command/command-line';
import { type ErrorCode, ExplainedError } from '../explained-error';
import { dataOf, textOf } from '../http/json';
import { oneLine } from '../safe-text';
import { TemporarilyUnavailable } from '../vault/credential-errors';
import type { VaultConnection } from '../vault/vault-connection';
import { explainOutage, VaultResponseError, VaultUnreachableError } from '../vault/vault-errors';

/**
 * Thrown if Vault does not know the wrapping token any more. The secret id is lost, and another person may have it. Have the
 * secret ids of the app destroyed and a new one issued.
 */
export class WrappingTokenSpentError extends ExplainedError {
  override name = 'WrappingTokenSpentError';
  override readonly code: ErrorCode = 'ERR_WRAPPING_TOKEN_SPENT';

  /** @param message @default - the user of the wrapping token is unknown */
  constructor(
    message = `Vault does not know the wrapping token (any more): it expired, or it was used already. If you did not use it, someone has taken the secret id. Have the secret ids of this app destroyed and a new one issued: ${commandLine('issue', 'APP')}`,
  ) {
    super(message);
  }
}

/**
 * Thrown if the AppRole method did not make the wrapping token, which may hold a foreign secret id. Do not use it, and have a
 * new one issued.
 */
export class WrappingTokenForgedError extends ExplainedError {
  override name = 'WrappingTokenForgedError';
  override readonly code: ErrorCode = 'ERR_WRAPPING_TOKEN_FORGED';

  /** @param rolePath path of the expected role. @default - any */
  constructor(creationPath: string, rolePath?: string) {
    const meant = rolePath === undefined ? '' : ` of ${rolePath}`;
    super(
      `the wrapping token was made by "${oneLine(creationPath)}" and not for a secret id${meant}. It may have been replaced on its way, so do not use it. Have a new one issued: ${commandLine('issue', 'APP')}`,
    );
  }
}

/**
 * Unwraps a secret id. A wrapping token works once.
 *
 * @param vault needs no token
 * @param rolePath the only accepted role, such as `auth/approle/role/people-me`. @default - any
 * @throws WrappingTokenSpentError, WrappingTokenForgedError, TemporarilyUnavailable, VaultSealed, VaultUnreachableError
 * @see https://developer.hashicorp.com/vault/docs/concepts/response-wrapping
 */
export async function unwrapSecretId(
  vault: VaultConnection,
  wrappingToken: string,
  rolePath?: string,
): Promise<string> {
  return new WrappedSecretId(vault, wrappingToken, rolePath).read();
}

/** A wrapped secret id. The first read unwraps it. Not for concurrent use. */
export class WrappedSecretId {
  readonly #bearer: VaultConnection;
  readonly #wrappingToken: string;
  readonly #rolePath: string | undefined;
  #secretId?: string;
  /** Reason why the answer to an unwrapping was lost. The wrapping token may be used up since then. */
  #lost?: string;

  /** @param rolePath the only accepted role. @default - any */
  constructor(vault: VaultConnection, wrappingToken: string, rolePath?: string) {
    this.#bearer = vault.withToken(wrappingToken);
    this.#wrappingToken = wrappingToken;
    this.#rolePath = rolePath;
  }

  /** Whether only the memory of this process holds the secret id. */
  get isUnwrapped(): boolean {
    return this.#secretId !== undefined;
  }

  /** @throws as {@link unwrapSecretId}; after a transient error it can be called again */
  async read(): Promise<string> {
    this.#secretId ??= await this.#take();
    return this.#secretId;
  }

  async #take(): Promise<string> {
    await this.#lookUp();
    try {
      return await this.#bearer.write('sys/wrapping/unwrap', {}, (reply) => textOf(dataOf(reply).secret_id));
    } catch (error) {
      if (!(error instanceof VaultResponseError || error instanceof VaultUnreachableError) || !error.mayHaveArrived) {
        throw this.#explain(error);
      }
      this.#lost = error instanceof VaultResponseError ? String(error.statusCode) : error.networkCode;
      await this.#lookUp().catch((unknown: unknown) => {
        throw unknown instanceof WrappingTokenSpentError ? unknown : this.#mayBeSpent();
      });
      throw this.#explain(error);
    }
  }

  /** A thief of the token could have wrapped another secret id. Only the server knows the path that made a token. */
  async #lookUp(): Promise<void> {
    const request = { token: this.#wrappingToken };
    let creationPath: string;
    try {
      creationPath = await this.#bearer.write('sys/wrapping/lookup', request, (reply) =>
        textOf(dataOf(reply).creation_path),
      );
    } catch (error) {
      throw this.#explain(error);
    }
    const isMeant =
      this.#rolePath === undefined
        ? /^auth\/.+\/role\/[^/]+\/secret-id$/.test(creationPath)
        : creationPath === `${this.#rolePath}/secret-id`;
    if (!isMeant) {
      throw new WrappingTokenForgedError(this.#bearer.hideToken(creationPath), this.#rolePath);
    }
  }

  #explain(error: unknown): unknown {
    if (!(error instanceof VaultResponseError)) {
      return error;
    }
    if (error.statusCode !== 400 && error.statusCode !== 403) {
      return explainOutage(error, this.#bearer.address, 'unwrap the secret id');
    }
    return this.#lost === undefined
      ? new WrappingTokenSpentError()
      : new WrappingTokenSpentError(
          `Vault does not know the wrapping token any more. This program probably used it up, because Vault's answer to the unwrapping was lost (${this.#lost}). Have that secret id destroyed and a new one issued: ${commandLine('issue', 'APP')}`,
        );
  }

  #mayBeSpent(): TemporarilyUnavailable {
    return new TemporarilyUnavailable(
      `Vault's answer to the unwrapping of the secret id was lost (${this.#lost}), so the wrapping token may be used up. Try again later with it. If Vault does not know it then, have a new one issued; that alone is no sign of theft`,
    );
  }
}
