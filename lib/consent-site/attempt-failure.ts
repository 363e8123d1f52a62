import { transient } from '#core';
import { GrantKept, WrongAccount } from '../grants/consent/account';
import { ConsentRefused } from '../grants/consent/consent-refused';
import { FewerScopes } from '../grants/consent/granted-scopes';
import { GrantRefused, RequestRefused } from '../webex/grant-errors';

/** A failed attempt, in words for the person in the browser. The error itself is for the person who asked. */
export interface AttemptFailure {
  readonly title: string;
  readonly text: string;
  /** Whether another attempt of the person may succeed. */
  readonly mayRetry: boolean;
}

/** People whom the words name. */
export interface AttemptPeople {
  /** Email of the only account that is accepted. */
  readonly owner: string;
  /** Name of the organization of that account. @default - any */
  readonly organization?: string;
  /** The person to ask, who sees the details. */
  readonly requester: string;
}

export function attemptFailure(error: unknown, { owner, organization, requester }: AttemptPeople): AttemptFailure {
  if (error instanceof WrongAccount && error.account !== undefined) {
    const account = organization === undefined ? owner : `${owner} of organization ${organization}`;
    const text = `You consented as ${error.account}, and this request is for ${account}. Nothing was stored. Sign out of Webex in this browser, then try again.`;
    return { title: 'This is another account', text, mayRetry: true };
  }
  if (error instanceof ConsentRefused && error.isDenial) {
    const text = 'You, or the settings of your organization, declined the request at Webex. Nothing was stored.';
    return { title: 'Declined', text, mayRetry: true };
  }
  if (error instanceof GrantRefused) {
    const text =
      'Webex no longer accepts this answer, perhaps because it is too old. Nothing was stored. Try again, and accept without delay.';
    return { title: 'This took too long', text, mayRetry: true };
  }
  if (error instanceof ConsentRefused || error instanceof RequestRefused) {
    const text = `Webex did not accept the request. Nothing was stored. If this happens again, tell ${requester}, who sees the reason.`;
    return { title: 'Webex did not accept the request', text, mayRetry: true };
  }
  if (error instanceof FewerScopes) {
    const text = `Webex granted less than the request says, so the present consent stays. Tell ${requester}, who sees what is missing.`;
    return { title: 'Webex granted less', text, mayRetry: true };
  }
  if (error instanceof GrantKept) {
    const text = `Your consent arrived, but it could not be checked. Tell ${requester}, who sees the details.`;
    return { title: 'The consent is not checked', text, mayRetry: false };
  }
  if (transient(error) !== undefined) {
    const text = 'A server did not answer. Nothing was stored. Try again in a minute.';
    return { title: 'Not possible at the moment', text, mayRetry: true };
  }
  const text = `You did nothing wrong. Tell ${requester}, who sees the reason.`;
  return { title: 'The consent was not stored', text, mayRetry: false };
}
