import { oneLine } from '#core';
import { z } from 'zod';
import { webexKey } from './webex-key';
import { type WebexOptions, webexRequest } from './webex-request';

/** A terminal shows these texts to people, and would obey control characters in them. */
const text = z.string().transform(oneLine);

const personReply = z.object({
  id: text.refine((id) => id !== ''),
  emails: z.array(text).min(1),
  displayName: text,
  orgId: text,
});

export type Person = z.infer<typeof personReply>;

/**
 * The account that a token belongs to.
 *
 * @see https://developer.webex.com/docs/api/v1/people/get-my-own-details
 * @throws WebexResponseError with 403 if the grant has no scope to read the account, such as `spark:people_read`;
 *   WebexUnreachableError; the signal's reason
 */
export async function peopleMe(options: WebexOptions): Promise<Person> {
  return webexRequest({ ...options, method: 'GET', path: 'people/me' }, personReply);
}

export function hasEmail({ emails }: Pick<Person, 'emails'>, email: string): boolean {
  return emails.some((each) => each.toLowerCase() === email.toLowerCase());
}

/** @param organization id, in each form that Webex shows */
export function isOfOrganization({ orgId }: Pick<Person, 'orgId'>, organization: string): boolean {
  return webexKey(orgId) === webexKey(organization);
}
