import { describeError, quotedList, readCredential } from '#core';
import { declaringFile } from '../../../declaration/deployment-file';
import type { TokenPair } from '../../../webex/token-pair';
import { AccountNotChecked, type AccountWords, refuseOther } from '../account';
import { acceptUntold, lookAtAccount } from '../account-look';
import { noteConsent } from '../consent-note';
import { GrantKept, keepGrant } from '../grant-keeping';
import { asBefore, type PreparedImport } from './prepared-import';
import type { Grant } from '../grant';

/*
 * A grant that is got outside the engine: its account is looked at, and only then does the engine get it, by its refresh
 * token. So nothing that works is replaced by another's, and nothing is stored that would have to be deleted.
 */

/**
 * Looks whose grant it is, and has the engine keep it. Only this process has the pair, so each step is tried for minutes.
 *
 * @param obtainedAt when Webex gave it
 * @param words of an account that is another one. @default - of a consent in a browser
 * @throws WrongAccount, with the credential as it was; GrantKept, AccountNotChecked, where it may not be; ExplainedError
 */
export async function importPair(
  prepared: PreparedImport,
  pair: TokenPair,
  obtainedAt: Date,
  words?: AccountWords,
): Promise<Grant> {
  const { credential, vault, mountPath, apiUrl, expected, notice } = prepared;
  const { name, scopes } = credential;
  const { person, problem } = await lookAtAccount(prepared, pair);
  if (person === undefined && problem === undefined) {
    acceptUntold(prepared);
  } else if (expected !== undefined && person !== undefined) {
    refuseOther(expected, person, name, asBefore(prepared), words);
  }
  const lacking = pair.scopes === undefined ? [] : scopes.filter((scope) => !pair.scopes?.includes(scope));
  if (lacking.length > 0) {
    notice(`The grant lacks ${quotedList(lacking)}, which ${declaringFile()} declares for "${name}".`);
  }
  await keepGrant(problem === undefined ? prepared : { ...prepared, mayReplace: false }, pair);
  const { refreshTokenTtlSeconds } = pair;
  const { expireTime, warnings } = await readCredential(vault.connection, mountPath, name).catch(
    async (error: unknown) => {
      await noteConsent(prepared, obtainedAt, { person, refreshTokenTtlSeconds });
      throw problem === undefined
        ? new GrantKept(`"${name}" is authorized, but cannot be read back: ${describeError(error)}`, error)
        : new AccountNotChecked(name, apiUrl, `"${name}" is authorized`, problem);
    },
  );
  await noteConsent(prepared, obtainedAt, { person, expireTime, refreshTokenTtlSeconds });
  if (problem !== undefined) {
    throw new AccountNotChecked(name, apiUrl, `"${name}" is authorized`, problem);
  }
  return { credential: name, person, requestedScopes: scopes, expireTime, warnings };
}
