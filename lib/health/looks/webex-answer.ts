import { describeError, WebexResponseError, WebexUnreachableError } from '#core';
import type { Credential } from '../../declaration/schema/deployment';
import { hasEmail, isOfOrganization, peopleMe } from '../../webex/account-request';

export type WebexAnswer =
  | {
      readonly kind: 'person';
      readonly email: string;
      readonly organization: string;
      /** Declared field that names another account. @default - none does */
      readonly differsFrom?: 'owner' | 'organization';
    }
  /** The token works, but its scopes do not let Webex name the account. */
  | { readonly kind: 'untold' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string };

export async function askWebex(apiUrl: string, credential: Credential, accessToken: string): Promise<WebexAnswer> {
  const { owner, organization } = credential;
  try {
    const person = await peopleMe({ apiUrl, accessToken });
    const differsFrom =
      owner !== undefined && !hasEmail(person, owner)
        ? 'owner'
        : organization?.id !== undefined && !isOfOrganization(person, organization.id)
          ? 'organization'
          : undefined;
    return { kind: 'person', email: person.emails[0] ?? person.id, organization: person.orgId, differsFrom };
  } catch (error) {
    if (error instanceof WebexResponseError && !error.isTransient) {
      const why = `${error.statusCode}: ${error.said}`;
      // A credential whose account is declared has a scope for this. Then the 403 refuses the person or the integration.
      return error.statusCode === 403 && owner === undefined && organization?.id === undefined
        ? { kind: 'untold' }
        : { kind: 'refused', why };
    }
    if (error instanceof WebexResponseError || error instanceof WebexUnreachableError) {
      return { kind: 'unreachable', why: describeError(error) };
    }
    throw error;
  }
}
