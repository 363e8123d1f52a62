import { z } from 'zod';
import { type WebexOptions, webexRequest } from './webex-request';

/*
 * What Webex has of the tokens of a person: for administrators, by a grant with scopes `identity:tokens_read` and
 * `identity:tokens_write`.
 */

const authorizationsReply = z.object({
  items: z.array(
    z.object({
      id: z.string().min(1),
      /** Of the integration. */
      clientId: z.string(),
      /** When the token was issued. */
      created: z.iso.datetime({ offset: true }),
      /** `access` or `refresh`. */
      type: z.string(),
    }),
  ),
});

export type Authorization = z.infer<typeof authorizationsReply>['items'][number];

/**
 * The tokens of a person, of all integrations; Webex answers them without pages, and without the tokens themselves.
 *
 * @see https://developer.webex.com/docs/api/v1/authorizations
 * @throws WebexResponseError with 403 where scope or role are missing; WebexUnreachableError; the signal's reason
 */
export async function authorizationsOf(personId: string, options: WebexOptions): Promise<Authorization[]> {
  const request = { ...options, method: 'GET', path: 'authorizations', query: { personId } } as const;
  return (await webexRequest(request, authorizationsReply)).items;
}

/**
 * Ends a token; of a refresh token also the access tokens that came of it. An administrator's own goes by a token of
 * the same integration only.
 *
 * @throws WebexResponseError with 403 where scope or role are missing; WebexUnreachableError; the signal's reason
 */
export async function deleteAuthorization(id: string, options: WebexOptions): Promise<void> {
  const request = { ...options, method: 'DELETE', path: `authorizations/${encodeURIComponent(id)}` } as const;
  await webexRequest(request, z.unknown());
}
