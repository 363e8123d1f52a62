import { commandLine, describeError, explainedBy, ExplainedError, quotedList, readCredential, safeText } from '#core';
import { accountScopes, uncovered } from '../../../declaration/schema/scope-coverage';
import { declaringFile } from '../../../declaration/deployment-file';
import type { Person } from '../../../webex/account-request';
import type { TokenPair } from '../../../webex/token-pair';
import { AccountNotChecked, accountUntold, type AccountWords, GrantKept, personOf, refuseOther } from '../account';
import { noteConsent } from '../consent-note';
import type { Grant } from '../grant';
import { howToGet, scopesMissing } from '../granted-scopes';
import { keepGrant, presentGrant } from '../grant-keeping';
import { asBefore, type PreparedImport } from './prepared-import';

/*
 * A grant that is obtained outside the engine. The command checks its account, and then gives the engine its refresh token.
 * So a grant of the wrong account never replaces a working one, and never has to be deleted.
 */

/**
 * Checks the account of the grant, and has the engine keep it. Only this process has the pair, so each step is repeated for
 * minutes.
 *
 * @param obtainedAt when Webex issued it
 * @param words about an account that is refused. @default - those of a consent in a browser
 * @throws WrongAccount or FewerScopes, with the credential unchanged; GrantKept, AccountNotChecked if it may have changed; ExplainedError
 */
export async function importPair(
  prepared: PreparedImport,
  pair: TokenPair,
  obtainedAt: Date,
  words?: AccountWords,
): Promise<Grant> {
  const { credential, vault, mountPath, expected, requestedScopes, notice } = prepared;
  const { name, scopes } = credential;
  const { person, problem } = await lookAtAccount(prepared, pair);
  if (person === undefined && problem === undefined) {
    acceptUntold(prepared, pair);
  } else if (expected !== undefined && person !== undefined) {
    refuseOther(expected, person, name, asBefore(prepared), words);
  }
  await keepGrant(problem === undefined ? prepared : { ...prepared, mayReplace: false }, pair);
  const { refreshTokenTtlSeconds, scopes: grantedScopes } = pair;
  const missingScopes = grantedScopes && uncovered(scopes, grantedScopes);
  if (missingScopes === undefined) {
    notice(`Webex did not tell which scopes it granted to "${name}".`);
  } else if (missingScopes.length > 0) {
    notice(scopesMissing(prepared, missingScopes));
  }
  const noted = { person, refreshTokenTtlSeconds, requestedScopes, grantedScopes };
  const kept = `"${name}" is authorized`;
  const { expireTime, warnings } = await readCredential(vault.connection, mountPath, name).catch(
    async (error: unknown) => {
      await noteConsent(prepared, obtainedAt, noted);
      throw problem === undefined
        ? new GrantKept(
            `${kept}, but cannot be read back (${describeError(error)}); when Vault answers: ${commandLine('status', '--verify')}`,
            error,
          )
        : new AccountNotChecked(prepared, kept, problem);
    },
  );
  await noteConsent(prepared, obtainedAt, { ...noted, expireTime });
  if (problem !== undefined) {
    throw new AccountNotChecked(prepared, kept, problem);
  }
  return { credential: name, person, requestedScopes: scopes, grantedScopes, missingScopes, expireTime, warnings };
}

interface Seen {
  /** @default - the scopes of the grant do not allow to read it */
  readonly person?: Person;
  /** Why the account could not be read, although the grant may be kept. */
  readonly problem?: unknown;
}

/** An unchecked grant is kept only if the credential has none, because then no working grant is at risk. */
async function lookAtAccount(prepared: PreparedImport, pair: TokenPair): Promise<Seen> {
  const { apiUrl, retryPeriod, isRepeatable } = prepared;
  const look = async (): Promise<Seen> => ({ person: await personOf(apiUrl, pair.accessToken) });
  const unseen = (error: unknown): never => {
    const why = safeText(describeError(error), [pair.accessToken, pair.refreshToken]);
    throw explainedBy(error, `${asBefore(prepared)}, because the account of the new grant could not be read: ${why}`);
  };
  try {
    return await retryPeriod.brief(look);
  } catch (problem) {
    if (isRepeatable) {
      return unseen(problem);
    }
    if ((await presentGrant(prepared)) === undefined) {
      return { problem };
    }
    return retryPeriod.long(() => look().catch(unseen));
  }
}

/** @throws ExplainedError if the grant has to belong to a certain account */
function acceptUntold(prepared: PreparedImport, { scopes }: TokenPair): void {
  const { credential, expected, notice } = prepared;
  if (expected !== undefined && !expected.acceptsUntold) {
    const [declared] = accountScopes(credential.scopes);
    if (declared !== undefined && scopes !== undefined && accountScopes(scopes).length === 0) {
      throw new ExplainedError(
        `${asBefore(prepared)}, because Webex did not grant ${quotedList([declared])}, which shows the account; ${howToGet(credential)}, then run the command again`,
      );
    }
    throw new ExplainedError(
      `${asBefore(prepared)}, because the scopes of "${credential.name}" do not allow to read its account; add scope "spark:people_read" in ${declaringFile()} and to the integration`,
    );
  }
  notice(accountUntold(credential.name));
}
