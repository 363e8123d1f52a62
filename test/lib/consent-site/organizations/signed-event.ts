import { createHmac } from 'node:crypto';
import type { EventRequest } from '../../../../lib/consent-site/organizations/service-app-events';
import { applicationId, organization } from '../../../fixtures/declarations/recoverable-service-app';

/* Events as Webex sends them. */

export const SECRET = 'c0ffee'.repeat(8);

export interface EventChanges {
  readonly event?: unknown;
  readonly applicationId?: unknown;
  readonly organizationId?: unknown;
  readonly authorizedAt?: unknown;
}

export function eventBody(changes: EventChanges = {}): Buffer {
  const data = {
    id: applicationId,
    authorizerOrgId: organization,
    authorizationDate: '2026-12-01T08:00:00.000Z',
    ...renamed(changes),
  };
  const { event = 'authorized' } = changes;
  return Buffer.from(
    JSON.stringify({ id: 'hook', name: 'Service App', resource: 'serviceApp', event, orgId: 'o', data }),
  );
}

function renamed({ applicationId: id, organizationId, authorizedAt }: EventChanges): object {
  return {
    ...(id === undefined ? {} : { id }),
    ...(organizationId === undefined ? {} : { authorizerOrgId: organizationId }),
    ...(authorizedAt === undefined ? {} : { authorizationDate: authorizedAt }),
  };
}

export function signatureOf(body: Buffer, secret = SECRET, algorithm = 'sha1'): string {
  return createHmac(algorithm, secret).update(body).digest('hex');
}

export function request(body: Buffer, headers: Readonly<Record<string, string>>): EventRequest {
  return { body, header: (name) => headers[name] };
}

export function signedEvent(changes: EventChanges = {}): EventRequest {
  const body = eventBody(changes);
  return request(body, { 'x-spark-signature': signatureOf(body) });
}
