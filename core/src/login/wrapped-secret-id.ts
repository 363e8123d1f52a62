import type { ErrorCode } from '../error-code';
import { TemporarilyUnavailable } from '../vault/credential-errors';
import { ExplainedError } from '../explained-error';
import { fieldsOf, textOf } from '../http/json';
import { oneLine } from '../safe-text';
import type { VaultConnection } from '../vault/vault-connection';
import { VaultResponseError, VaultUnreachableError } from '../vault/vault-errors';
import { explainOutage } from '../vault/vault-outage';
import { commandLine } from '../command/command-line';

/** The secret id is out of reach: someone else may have it. */
export class WrappingTokenSpentError extends ExplainedError {
  override name = 'WrappingTokenSpentError';
  override readonly code: ErrorCode = 'ERR_WRAPPING_TOKEN_SPENT';

  /** @param message @default - nothing is known of who used it */
  constructor(
    message = `Vault does not know the wrapping token (any more): it expired, or it was used already, and if not by you, then someone has taken the secret id; have the secret ids of this app destroyed and a new one issued: ${commandLine('issue')}`,
  ) {
    super(message);
  }
}

/** What the wrapping token holds was not put there by the AppRole method: it may be someone else's secret id. */
export class WrappingTokenForgedError extends ExplainedError {
  override name = 'WrappingTokenForgedError';
  override readonly code: ErrorCode = 'ERR_WRAPPING_TOKEN_FORGED';

  /** @param rolePath of the role that it was to be for. @default - any */
  constructor(creationPath: string, rolePath?: string) {
    const meant = rolePath === undefined ? '' : ` of ${rolePath}`;
    super(
      `the wrapping token was made by "${oneLine(creationPath)}" and not for a secret id${meant}, so it may have been replaced on its way; do not use it, and have a new one issued: ${commandLine('issue')}`,
    );
  }
}

/**
 * Takes the secret id out of its wrapping, which works once.
 *
 * @param vault needs no token of its own
 * @param rolePath the only role that it may be of, such as `auth/approle/role/people-me`. @default - any
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

/** A secret id in its wrapping, and out of it once it was read. Not for concurrent use. */
export class WrappedSecretId {
  readonly #bearer: VaultConnection;
  readonly #wrappingToken: string;
  readonly #rolePath: string | undefined;
  #secretId?: string;
  /** How the answer to an unwrapping of ours was lost: what Vault does not know any more may have been used by us. */
  #lost?: string;

  /** @param rolePath the only role that it may be of. @default - any */
  constructor(vault: VaultConnection, wrappingToken: string, rolePath?: string) {
    this.#bearer = vault.withToken(wrappingToken);
    this.#wrappingToken = wrappingToken;
    this.#rolePath = rolePath;
  }

  /** Whether it is in the memory of this process, and nowhere else any more. */
  get isUnwrapped(): boolean {
    return this.#secretId !== undefined;
  }

  /** @throws as {@link unwrapSecretId}; after what may pass it can be called again */
  async read(): Promise<string> {
    this.#secretId ??= await this.#take();
    return this.#secretId;
  }

  async #take(): Promise<string> {
    await this.#lookUp();
    try {
      return await this.#bearer.write('sys/wrapping/unwrap', {}, (reply) =>
        textOf(fieldsOf(fieldsOf(reply).data).secret_id),
      );
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

  /**
   * Whoever took the token on its way could have wrapped something of their own; only the server knows by what path a
   * token was made.
   */
  async #lookUp(): Promise<void> {
    const request = { token: this.#wrappingToken };
    let creationPath: string;
    try {
      creationPath = await this.#bearer.write('sys/wrapping/lookup', request, (reply) =>
        textOf(fieldsOf(fieldsOf(reply).data).creation_path),
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
          `Vault does not know the wrapping token any more, and it was probably this program that used it up: Vault's answer to its unwrapping was lost (${this.#lost}), and the secret id with it, which nobody else need have; have that secret id destroyed and a new one issued: ${commandLine('issue')}`,
        );
  }

  #mayBeSpent(): TemporarilyUnavailable {
    return new TemporarilyUnavailable(
      `Vault's answer to the unwrapping of the secret id was lost (${this.#lost}), which may have used the wrapping token up; try again later with the same one, and where Vault does not know it then, have a new one issued: that alone is no sign of theft`,
    );
  }
}
