import { ExplainedError } from './explained-error';
import { fieldsOf, textOf } from './json';
import { oneLine } from './safe-text';
import type { VaultConnection } from './vault-connection';
import { VaultResponseError } from './vault-errors';
import { explainOutage } from './vault-outage';

/** The secret id is out of reach: someone else may have it. */
export class WrappingTokenSpentError extends ExplainedError {
  override name = 'WrappingTokenSpentError';

  constructor() {
    super(
      'Vault does not know the wrapping token (any more): it expired, or it was used already, and if not by you, then someone has taken the secret id; have the secret ids of this app destroyed and a new one issued: npx webex-token-vault issue',
    );
  }
}

/** What the wrapping token holds was not put there by the AppRole method: it may be someone else's secret id. */
export class WrappingTokenForgedError extends ExplainedError {
  override name = 'WrappingTokenForgedError';

  /** @param rolePath of the role that it was to be for. @default - any */
  constructor(creationPath: string, rolePath?: string) {
    const meant = rolePath === undefined ? '' : ` of ${rolePath}`;
    super(
      `the wrapping token was made by "${oneLine(creationPath)}" and not for a secret id${meant}, so it may have been replaced on its way; do not use it, and have a new one issued: npx webex-token-vault issue`,
    );
  }
}

/**
 * Takes the secret id out of its wrapping, which works once.
 *
 * @param vault needs no token of its own
 * @param rolePath the only role that it may be of, such as `auth/approle/role/people-me`. @default - any
 * @throws WrappingTokenSpentError, WrappingTokenForgedError, TemporarilyUnavailable, VaultSealed
 * @see https://developer.hashicorp.com/vault/docs/concepts/response-wrapping
 */
export async function unwrapSecretId(
  vault: VaultConnection,
  wrappingToken: string,
  rolePath?: string,
): Promise<string> {
  const bearer = vault.withToken(wrappingToken);
  try {
    // Whoever took the token on its way could have wrapped something of their own; only the server knows by what path
    // a token was made.
    const creationPath = await bearer.write('sys/wrapping/lookup', { token: wrappingToken }, (reply) =>
      textOf(fieldsOf(fieldsOf(reply).data).creation_path),
    );
    const isMeant =
      rolePath === undefined
        ? /^auth\/.+\/role\/[^/]+\/secret-id$/.test(creationPath)
        : creationPath === `${rolePath}/secret-id`;
    if (!isMeant) {
      throw new WrappingTokenForgedError(creationPath, rolePath);
    }
    return await bearer.write('sys/wrapping/unwrap', {}, (reply) => textOf(fieldsOf(fieldsOf(reply).data).secret_id));
  } catch (error) {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    throw error.statusCode === 400 || error.statusCode === 403
      ? new WrappingTokenSpentError()
      : explainOutage(error, vault.address, 'unwrap the secret id');
  }
}
