import { describeError, ExplainedError, commandLine, TemporarilyUnavailable, transient } from '#core';
import type { TokenPair } from '../../webex/token-pair';
import { importRefreshToken, isStored, OutcomeUnknown } from './exchange';
import { type ExistingGrant, findGrant, worksAlready } from './existing-grant';
import type { PreparedImport } from './ways/prepared-import';

/** The engine has, or may have, the grant, and yet not all went well. */
export class GrantKept extends ExplainedError {
  override name = 'GrantKept';

  constructor(
    message: string,
    override readonly cause: unknown,
  ) {
    super(message);
  }

  /** Whether it may go otherwise later. */
  get isTransient(): boolean {
    return transient(this.cause) !== undefined;
  }
}

/** A refresh token that Webex may have replaced meanwhile is not presented again before it was looked whether it is kept. */
export async function keepGrant(prepared: PreparedImport, { refreshToken }: TokenPair): Promise<void> {
  const { name } = prepared.credential;
  const present = await presentGrant(prepared);
  const before = present === undefined || present instanceof ExplainedError ? undefined : present.accessToken;
  let unknown: OutcomeUnknown | undefined;
  const attempt = async (): Promise<void> => {
    if (unknown !== undefined && (await isStored(prepared, name, before, 0))) {
      return;
    }
    unknown = undefined;
    await importRefreshToken(prepared, refreshToken, name, before).catch((error: unknown) => {
      unknown = error instanceof OutcomeUnknown ? error : undefined;
      throw unknown?.cause ?? error;
    });
  };
  await prepared.retryPeriod.long(attempt).catch((error: unknown) => {
    throw unknown === undefined
      ? error
      : new GrantKept(
          `Vault's answer to the refresh token was lost (${unknown.lost}), so "${name}" may hold the new grant, and cannot be looked at (${describeError(error)}); when Vault answers: ${commandLine('status', '--verify')}`,
          error,
        );
  });
}

/**
 * Not the one of the beginning: while a person consented, the engine may have refreshed it, or somebody else authorized it.
 *
 * @returns the grant that is to be replaced; undefined where nothing is left that could be harmed
 * @throws ExplainedError where there is one by now that may not be replaced, or Vault cannot be asked
 */
export async function presentGrant(prepared: PreparedImport): Promise<ExistingGrant | undefined> {
  const { vault, mountPath, credential, apiUrl, mayReplace, retryPeriod } = prepared;
  const present = await retryPeriod.long(async () => {
    const found = await findGrant(vault, mountPath, credential, 'nothing was changed');
    // Nothing stood here before, so an outage of Vault is more likely than a new grant.
    if (found instanceof TemporarilyUnavailable && !mayReplace) {
      throw found;
    }
    return found;
  });
  if (present !== undefined && !mayReplace) {
    throw await worksAlready(credential, present, apiUrl);
  }
  return present;
}
