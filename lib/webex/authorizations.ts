import { z } from 'zod';
import { type WebexOptions, webexRequest } from './webex-request';

/*
 * The tokens of a person, as Webex lists them for administrators. The grant needs scopes `identity:tokens_read` and
 * `identity:tokens_write`.
 */

const authorizationsReply = z.object({
  items: z.array(
    z.object({
      id: z.string().min(1),
      /** Client id of the integration that the token was issued to. */
      clientId: z.string(),
      /** Time when the token was issued. */
      created: z.iso.datetime({ offset: true }),
      /** `access` or `refresh`. */
      type: z.string(),
    }),
  ),
});

export type Authorization = z.infer<typeof authorizationsReply>['items'][number];

/**
 * The tokens of a person, for all integrations. Webex's answer has no pages and no token values.
 *
 * @see https://developer.webex.com/docs/api/v1/authorizations
 * @throws WebexResponseError with 403 if the scope or the role is missing; WebexUnreachableError; the signal's reason
 */
export async function authorizationsOf(personId: string, options: WebexOptions): Promise<Authorization[]> {
  const request = { ...options, method: 'GET', path: 'authorizations', query: { personId } } as const;
  return (await webexRequest(request, authorizationsReply)).items;
}

/**
 * Revokes a token. Webex revokes the access tokens of a refresh token with it. An administrator's own token can be
 * revoked only with a token of the same integration.
 *
 * @throws WebexResponseError with 403 if the scope or the role is missing; WebexUnreachableError; the signal's reason
 */
export async function deleteAuthorization(id: string, options: WebexOptions): Promise<void> {
  const request = { ...options, method: 'DELETE', path: `authorizations/${encodeURIComponent(id)}` } as const;
  await webexRequest(request, z.unknown());
}
