import { describeError, explainedBy, ExplainedError } from '#core';
import { refusedPage } from '../../browser/browser-page';
import { withOutcome } from '../../browser/visit';
import { declaringFile } from '../../declaration/deployment-file';
import { readAccount, refuseOther, type ExpectedPerson } from './account';
import { askForConsent } from './consent';
import { authorizedPage, trialPage } from './consent-page';
import { exchangeCode, OutcomeUnknown, presentToken } from './exchange';
import { scratchCredential } from '../../declaration/policies/authorizer-policy';
import type { Person } from '../../webex/people-me';
import type { ReceivedCode } from '../../browser/redirect';
import { removeGrant, storeGrant, type ConsentRun, type Grant } from './stored-grant';

/**
 * Replaces a grant that works.
 *
 * The engine exchanges a code and stores what it gets in one step, moves no grant from one name to another, and gives no
 * refresh token back. So whose a code is shows only once it has replaced what stood there, and being sure takes two
 * consents: one for a credential aside, and one that the same browser gives directly after it.
 *
 * @throws WrongAccount where one of them comes from another account; the credential is as it was after the first, and
 *   deleted after the second; AccountNotChecked, ExplainedError
 */
export async function replaceGrant(run: ConsentRun, expected: ExpectedPerson): Promise<Grant> {
  const { name } = run.credential;
  run.notice(`"${name}" works, so consent is asked for twice: the first one is tried out aside, to see whose account`);
  run.notice('it is, without touching what works; the second one then replaces it. Give both in the same browser, as');
  run.notice(`${expected.email}: if the second one came from another account, "${name}" would have to be deleted.`);
  // A run that was killed may have left its trial grant.
  await run.vault.endedBy(run.signal).delete(`${run.mountPath}/creds/${scratchCredential(name)}`);

  run.notice('Consent 1 of 2, on trial:');
  const trial = await askForConsent(run, expected.email);
  await tryOut(run, trial, expected);

  run.notice('Consent 2 of 2, to keep:');
  const sendOn = (url: string): Promise<boolean> => trial.show(trialPage(name, url));
  const received = await askForConsent(run, expected.email, { sendOn }).catch(async (error: unknown) => {
    // Where it was never sent on, the browser still waits.
    await trial.show(refusedPage(describeError(error)));
    throw error;
  });
  return withOutcome(received, authorizedPage(name), async () => {
    const removed = `"${name}" IS DELETED, since its apps must not act as somebody else, and must be authorised again`;
    const outcomes = { kept: `"${name}" is replaced`, removed };
    return storeGrant(run, received.code, outcomes, expected, await presentToken(run));
  });
}

/** The browser waits for more where the account is the right one. */
async function tryOut(run: ConsentRun, trial: ReceivedCode, expected: ExpectedPerson): Promise<void> {
  const { name } = run.credential;
  const scratch = scratchCredential(name);
  try {
    await exchangeCode(run, trial.code, scratch).catch((error: unknown) => {
      throw error instanceof OutcomeUnknown ? notSeen(run, error) : error;
    });
    refuseOther(expected, await personOf(run, scratch), name, `"${name}" is as it was`);
  } catch (error) {
    await trial.show(refusedPage(describeError(error)));
    throw error;
  } finally {
    await removeGrant(run, scratch);
  }
}

async function personOf(run: ConsentRun, scratch: string): Promise<Person> {
  const { vault, mountPath, apiUrl, credential } = run;
  const { person } = await readAccount(vault, mountPath, apiUrl, scratch).catch((error: unknown) => {
    throw notSeen(run, error);
  });
  if (person === undefined) {
    throw new ExplainedError(
      `"${credential.name}" is as it was, since its scopes do not let Webex say whose account consented; add scope "spark:people_read" in ${declaringFile()} and to the integration`,
    );
  }
  return person;
}

function notSeen({ credential }: ConsentRun, error: unknown): ExplainedError {
  return explainedBy(
    error instanceof OutcomeUnknown ? error.cause : error,
    `"${credential.name}" is as it was, but whose account consented could not be seen: ${describeError(error)}`,
  );
}
