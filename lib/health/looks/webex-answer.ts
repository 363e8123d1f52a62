import { describeError, WebexResponseError, WebexUnreachableError } from '#core';
import type { Credential } from '../../declaration/schema/deployment';
import { peopleMe } from '../../webex/account-request';

export type WebexAnswer =
  | { readonly kind: 'person'; readonly email: string; readonly organization: string; readonly isOwner: boolean }
  /** The token works, but its scopes do not let Webex name the account. */
  | { readonly kind: 'untold' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string };

export async function askWebex(apiUrl: string, { owner }: Credential, accessToken: string): Promise<WebexAnswer> {
  try {
    const { id, emails, orgId } = await peopleMe({ apiUrl, accessToken });
    const isOwner = emails.some((email) => email.toLowerCase() === owner?.toLowerCase());
    return { kind: 'person', email: emails[0] ?? id, organization: orgId, isOwner };
  } catch (error) {
    if (error instanceof WebexResponseError && !error.isTransient) {
      const why = `${error.statusCode}: ${error.said}`;
      // A credential with an owner has a scope for this. Then the 403 refuses the person or the integration.
      return error.statusCode === 403 && owner === undefined ? { kind: 'untold' } : { kind: 'refused', why };
    }
    if (error instanceof WebexResponseError || error instanceof WebexUnreachableError) {
      return { kind: 'unreachable', why: describeError(error) };
    }
    throw error;
  }
}
