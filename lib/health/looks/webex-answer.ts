import { describeError, WebexResponseError, WebexUnreachableError } from '#core';
import type { Credential } from '../../declaration/schema/deployment';
import { peopleMe } from '../../webex/account-request';

/** What Webex says of a token. */
export type WebexAnswer =
  | { readonly kind: 'person'; readonly email: string; readonly organization: string; readonly isOwner: boolean }
  /** The scopes do not let Webex tell whose it is; the token is good. */
  | { readonly kind: 'untold' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string };

/** Asks Webex whose token it is. */
export async function askWebex(apiUrl: string, { owner }: Credential, accessToken: string): Promise<WebexAnswer> {
  try {
    const { id, emails, orgId } = await peopleMe({ apiUrl, accessToken });
    const isOwner = emails.some((email) => email.toLowerCase() === owner?.toLowerCase());
    return { kind: 'person', email: emails[0] ?? id, organization: orgId, isOwner };
  } catch (error) {
    if (error instanceof WebexResponseError && !error.isTransient) {
      const why = `${error.statusCode}: ${error.said}`;
      // Where the scopes would let it tell, it is the person or the integration that it refuses.
      return error.statusCode === 403 && owner === undefined ? { kind: 'untold' } : { kind: 'refused', why };
    }
    if (error instanceof WebexResponseError || error instanceof WebexUnreachableError) {
      return { kind: 'unreachable', why: describeError(error) };
    }
    throw error;
  }
}
