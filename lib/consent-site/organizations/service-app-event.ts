import { z } from 'zod';
import { time } from '../../vault/replies';

/*
 * Webex's event of a Service App.
 *
 * @see https://developer.webex.com/blog/webhooks-for-service-app-authorizations
 */

/** An id is shown to people and written to files, so it has no spaces or control characters. */
const id = z.string().regex(/^[\x21-\x7e]{1,512}$/);

/** Other fields are ignored. The outer `orgId` belongs to the owner of the webhook, and not to the organization that acted. */
const schema = z.object({
  resource: z.literal('serviceApp'),
  event: z.enum(['authorized', 'deauthorized']),
  data: z.object({ id, authorizerOrgId: id, authorizationDate: time }),
});

/** An organization authorized a Service App, or withdrew the authorization. */
export interface ServiceAppEvent {
  readonly event: 'authorized' | 'deauthorized';
  readonly applicationId: string;
  readonly organizationId: string;
  /** Time of the authorization. Webex may repeat it in the event of the withdrawal. */
  readonly authorizedAt: Date;
}

/** @returns undefined if the body is no such event */
export function parsedEvent(body: Buffer): ServiceAppEvent | undefined {
  const { data } = schema.safeParse(jsonOf(body));
  return (
    data && {
      event: data.event,
      applicationId: data.data.id,
      organizationId: data.data.authorizerOrgId,
      authorizedAt: data.data.authorizationDate,
    }
  );
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
