import { describeError, ExplainedError } from '#core';
import { AccountNotChecked, readAccount, refuseOther, type Account, type ExpectedAccount } from './account';
import type { ConsentContext } from './consent';
import { noteConsent } from './consent-note';
import type { RetryPeriod } from './retry-period';
import { exchangeCode, OutcomeUnknown, type ExchangeContext } from './exchange';
import type { Person } from '../../webex/account-request';

/*
 * A grant that the engine keeps in a credential, and whose account it is.
 */

export interface Grant {
  readonly credential: string;
  /** Whose it is; undefined where its scopes do not let Webex tell. */
  readonly person?: Person;
  /** What the consent was asked for; the engine keeps no word of what Webex granted. */
  readonly requestedScopes: readonly string[];
  /** When the first access token expires. */
  readonly expireTime?: Date;
  readonly warnings: readonly string[];
}

/** Everything that one run of `authorize` works with. */
export interface ConsentRun extends ConsentContext, ExchangeContext {
  /** Base URL of the Webex API. */
  readonly apiUrl: string;
  /** Where what is known of the grants is mounted. */
  readonly recordsPath: string;
  /** How often Webex is asked whose account a stored grant is. */
  readonly retryPeriod: RetryPeriod;
}

/** What errors say of the credential. */
export interface Outcomes {
  /** Where its account could not be looked at. */
  readonly kept: string;
  /** Where it is another account's. */
  readonly removed: string;
}

/**
 * Has the engine exchange the code into the credential itself, and asks Webex whose account it is.
 *
 * @param expected whose it must be. @default - anybody's
 * @throws WrongAccount, with the credential deleted; AccountNotChecked, with the grant kept; ExplainedError
 */
export async function storeGrant(
  run: ConsentRun,
  code: string,
  { kept, removed }: Outcomes,
  expected?: ExpectedAccount,
): Promise<Grant> {
  const { vault, mountPath, apiUrl, credential } = run;
  const { name, scopes } = credential;
  const consentedAt = new Date();
  await exchangeCode(run, code).catch((error: unknown) => {
    if (!(error instanceof OutcomeUnknown)) {
      throw error;
    }
    const perhaps = `Vault's answer to the ${error.what} was lost (${error.lost}), so "${name}" may hold the new grant`;
    throw new AccountNotChecked(name, apiUrl, perhaps, error.cause);
  });
  const look = (): Promise<Account> => readAccount(vault, mountPath, apiUrl, name);
  const { reading, person } = await run.retryPeriod.brief(look).catch(async (error: unknown) => {
    await noteConsent(run, consentedAt);
    throw new AccountNotChecked(name, apiUrl, kept, error);
  });
  if (expected !== undefined) {
    await refuseOrRemove(run, expected, person, { kept, removed });
  } else if (person === undefined) {
    run.notice(`Webex does not say whose account "${name}" is: its scopes do not let it.`);
  }
  const { expireTime, warnings } = reading;
  await noteConsent(run, consentedAt, { person, expireTime });
  return { credential: name, person, requestedScopes: scopes, expireTime, warnings };
}

/** A grant of the wrong account is deleted; one that nobody could look at is not, as only a person could give it again. */
async function refuseOrRemove(
  run: ConsentRun,
  expected: ExpectedAccount,
  person: Account['person'],
  { kept, removed }: Outcomes,
): Promise<void> {
  const { name } = run.credential;
  if (person === undefined) {
    throw new AccountNotChecked(
      name,
      run.apiUrl,
      kept,
      new ExplainedError(`the scopes of "${name}" do not let Webex tell`),
    );
  }
  try {
    refuseOther(expected, person, name, removed);
  } catch (error) {
    await removeGrant(run, name);
    throw error;
  }
}

/** A failure is a notice, so that it does not hide the error that led here. */
export async function removeGrant({ vault, mountPath, notice }: ConsentRun, name: string): Promise<void> {
  await vault.delete(`${mountPath}/creds/${name}`).catch((error: unknown) => {
    notice(`ATTENTION: ${mountPath}/creds/${name} could not be deleted; delete it by hand: ${describeError(error)}`);
  });
}
