import { describeError, ExplainedError, commandLine, TemporarilyUnavailable } from '#core';
import type { TokenPair } from '../../webex/token-pair';
import { GrantKept } from './account';
import { importRefreshToken, isStored, OutcomeUnknown } from './token-exchange';
import { refuseFewer } from './granted-scopes';
import { type ExistingGrant, findGrant, worksAlready } from './existing-grant';
import type { PreparedImport } from './ways/prepared-import';

/**
 * Has the engine keep the grant. If an answer was lost, Webex may have replaced the refresh token. So the command looks for
 * the grant before it presents the token again.
 *
 * @throws FewerScopes, with the credential unchanged; GrantKept if it may have changed; ExplainedError
 */
export async function keepGrant(prepared: PreparedImport, { refreshToken, scopes }: TokenPair): Promise<void> {
  const { name } = prepared.credential;
  const present = await presentGrant(prepared);
  await refuseFewer(prepared, present, scopes);
  const before = present === undefined || present instanceof ExplainedError ? undefined : present.accessToken;
  let unknown: OutcomeUnknown | undefined;
  const attempt = async (): Promise<void> => {
    if (unknown !== undefined && (await isStored(prepared, before, 0))) {
      return;
    }
    unknown = undefined;
    await importRefreshToken(prepared, refreshToken, before).catch((error: unknown) => {
      unknown = error instanceof OutcomeUnknown ? error : undefined;
      throw unknown?.cause ?? error;
    });
  };
  await prepared.retryPeriod.long(attempt).catch((error: unknown) => {
    throw unknown === undefined
      ? error
      : new GrantKept(
          `Vault's answer to the refresh token was lost (${unknown.lost}), so "${name}" may hold the new grant, and cannot be read (${describeError(error)}); when Vault answers: ${commandLine('status', '--verify')}`,
          error,
        );
  });
}

/**
 * The grant that is to be replaced. During the consent, the engine may have refreshed the earlier one, or another person
 * may have authorized the credential.
 *
 * @returns undefined if there is no grant to protect
 * @throws ExplainedError if the present grant may not be replaced, or Vault cannot be asked
 */
export async function presentGrant(prepared: PreparedImport): Promise<ExistingGrant | undefined> {
  const { mayReplace, retryPeriod } = prepared;
  const present = await retryPeriod.long(async () => {
    const found = await findGrant(prepared, 'nothing was changed');
    // There was no grant before, so an outage of Vault is more likely than a new grant.
    if (found instanceof TemporarilyUnavailable && !mayReplace) {
      throw found;
    }
    return found;
  });
  if (present !== undefined && !mayReplace) {
    throw await worksAlready(prepared, present);
  }
  return present;
}
