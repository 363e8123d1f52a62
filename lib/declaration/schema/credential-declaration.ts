import { z } from 'zod';
import { described, name, strictObject, type Fields, type StrictObject } from './fields';

const scope = z.string().regex(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/, {
  error: ({ input }) => `must be one OAuth scope, got "${String(input)}"; list each scope on its own`,
});

const notEmpty = z.string().min(1, 'must not be empty');

/** A Service App of Webex: an account of its own. @see https://developer.webex.com/docs/service-apps */
const serviceApp = strictObject({
  /** Its id, as the developer portal shows it. */
  id: notEmpty,
  /** Id of the organization that has authorized it, as Webex's API shows it. */
  organizationId: notEmpty,
  /**
   * The credential whose token requests the grant: a person's, or another Service App's. It has scope
   * `spark:applications_token`. Service Apps that request each other's grants all need `autoRecover`.
   */
  requestedBy: z.string(),
  /**
   * Recover a lost grant without a person. The client secret is then kept in Vault a second time, and the operator healer
   * may read it. @default false
   */
  autoRecover: z.boolean().default(false),
});

const credentialFields = {
  name,
  /** Name of the integration that the grant belongs to. A Service App has one of its own. */
  integration: z.string(),
  scopes: z.array(scope).min(1, 'must name at least one scope; add one, like "spark:people_read"'),
  /** Email of the only account whose consent is accepted. @default - any account */
  owner: z.email({ error: ({ input }) => `must be an email address, got ${described(input)}` }).optional(),
  /**
   * A Service App's grant: an administrator authorizes the app in Control Hub, once, and no person consents.
   * @default - a person's grant
   */
  serviceApp: serviceApp.optional(),
};

export interface CredentialDeclarationFields extends Fields<typeof credentialFields> {}

/** One grant. */
export const credentialDeclaration: StrictObject<CredentialDeclarationFields> = strictObject(credentialFields);

export type CredentialDeclaration = z.output<typeof credentialDeclaration>;

/** Scope by which Webex gives out the tokens of Service Apps. @see https://developer.webex.com/docs/service-apps */
export const APPLICATIONS_SCOPE = 'spark:applications_token';

export type ServiceAppCredential = CredentialDeclaration & {
  readonly serviceApp: NonNullable<CredentialDeclaration['serviceApp']>;
};

export function isServiceApp(credential: CredentialDeclaration): credential is ServiceAppCredential {
  return credential.serviceApp !== undefined;
}

/**
 * The credentials that a Service App's grant depends on: the one whose token requests it, the one whose token requests
 * that, and so on. The list ends at a person's credential, or where it would repeat.
 */
export function askersOf(
  credential: CredentialDeclaration,
  credentials: readonly CredentialDeclaration[],
): readonly CredentialDeclaration[] {
  const askers: CredentialDeclaration[] = [];
  let name = credential.serviceApp?.requestedBy;
  while (name !== undefined) {
    const requester = credentials.find((each) => each.name === name);
    if (requester === undefined || askers.includes(requester)) {
      break;
    }
    askers.push(requester);
    name = requester.serviceApp?.requestedBy;
  }
  return askers;
}

/** The person's credential that a Service App's grant depends on. @returns undefined if there is none */
export function personBehind(
  credential: CredentialDeclaration,
  credentials: readonly CredentialDeclaration[],
): CredentialDeclaration | undefined {
  return askersOf(credential, credentials).find((each) => !isServiceApp(each));
}
