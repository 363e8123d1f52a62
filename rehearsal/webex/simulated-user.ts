import { randomUUID } from 'node:crypto';
import type { RegisteredApp } from './simulated-client';
import { webexId } from './webex-id';

export interface SimulatedUser {
  /** As in `GET /v1/people`. */
  id: string;
  email: string;
  displayName: string;
  firstName: string;
  lastName: string;
  orgId: string;
  /** Role names, like `id_full_admin`; a plain user has none. */
  roles: string[];
  /** @default [] */
  siteUrls?: string[];
  /** @default true */
  loginEnabled?: boolean;
  /** Whether an administrator has deactivated the account. @default false */
  isDeactivated?: boolean;
  /** `appuser`: the machine account of a Service App. @default 'person' */
  type?: 'person' | 'appuser';
}

const EXAMPLE_ORG = webexId('ORGANIZATION', '3f2c1d64-5c1e-4c39-9a59-0b1d6a7f2e10');

/** Two full administrators, so that another one can consent again, and a person without a role. */
export const DEFAULT_USERS: readonly SimulatedUser[] = [
  person('0e7d3a52-8d0f-4d0b-9d5c-6a1f0c1b7a01', 'Ada', 'Admin', ['id_full_admin']),
  person('5b8a4f17-2c6e-49b7-8a43-d1c7e09f3b02', 'Blake', 'Backup', ['id_full_admin']),
  person('9c41b6de-77aa-4f35-b1e8-40e2c95d8c03', 'Uma', 'User', []),
];

/** A full administrator with that email, in the organization of its domain. */
export function simulatedAdministrator(email: string): SimulatedUser {
  const domain = email.replace(/^.*@/, '').toLowerCase();
  const orgId = domain === 'example.com' ? EXAMPLE_ORG : webexId('ORGANIZATION', domain);
  return { ...person(randomUUID(), 'Owner', 'Admin', ['id_full_admin']), email, displayName: email, orgId };
}

/**
 * The account of a Service App in an organization. Webex does not document its answers about it. Here it looks like a
 * guest's machine account, with the rights of a full administrator.
 */
export function machineAccount({ clientId, name = clientId }: RegisteredApp, orgId: string): SimulatedUser {
  const uuid = randomUUID();
  const organization = Buffer.from(orgId, 'base64url').toString().split('/').at(-1) ?? '';
  return {
    id: webexId('PEOPLE', uuid),
    email: `${uuid}@${organization}`,
    displayName: name,
    firstName: name,
    lastName: '',
    orgId,
    roles: ['id_full_admin'],
    loginEnabled: false,
    type: 'appuser',
  };
}

/** The JSON of a user in `GET /v1/people`. */
export function describePerson(user: SimulatedUser): Record<string, unknown> {
  return {
    id: user.id,
    emails: [user.email],
    displayName: user.displayName,
    firstName: user.firstName,
    lastName: user.lastName,
    orgId: user.orgId,
    roles: user.roles.map((role) => webexId('ROLE', role)),
    licenses: [],
    siteUrls: user.siteUrls ?? [],
    status: user.isDeactivated ? 'inactive' : 'active',
    loginEnabled: user.loginEnabled ?? true,
    type: user.type ?? 'person',
  };
}

function person(uuid: string, firstName: string, lastName: string, roles: string[]): SimulatedUser {
  return {
    id: webexId('PEOPLE', uuid),
    email: `${firstName}.${lastName}@example.com`.toLowerCase(),
    displayName: `${firstName} ${lastName}`,
    firstName,
    lastName,
    orgId: EXAMPLE_ORG,
    roles,
    siteUrls: ['example.webex.com'],
  };
}
