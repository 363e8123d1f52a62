import { z } from 'zod';
import { described, name, strictObject, type Fields, type StrictObject } from './fields';
import { rules } from './rules';

/** Scope that may request the tokens of a Service App. @see https://developer.webex.com/docs/service-apps */
export const APPLICATIONS_SCOPE = 'spark:applications_token';

const scope = z
  .string()
  .regex(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/, {
    error: ({ input }) => `must be one OAuth scope, got "${String(input)}"; list each scope on its own`,
  })
  .register(rules, { rule: 'one OAuth scope, without spaces and commas' });

const notEmpty = z.string().min(1, 'must not be empty');

/** A Service App of Webex has an account of its own. @see https://developer.webex.com/docs/service-apps */
const serviceApp = strictObject({
  /** Id of the Service App, as Webex's developer portal shows it. @example 'Y2lzY29zcGFyazovL3VzL0FQUExJQ0FUSU9OLzAxMjM' */
  id: notEmpty,
  /**
   * Id of the organization that authorized the Service App, as Webex's API shows it.
   * @example 'Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8wMTIz'
   */
  organizationId: notEmpty,
  /**
   * Name of the credential whose access token requests the grant. It is a person's credential, or another Service App's. Service
   * Apps that request each other's grants all need `autoRecover`.
   * @example 'people-me'
   */
  requestedBy: z.string().register(rules, {
    rule: `another credential, of another integration, with scope \`${APPLICATIONS_SCOPE}\``,
  }),
  /**
   * Recover a lost grant without a person. Vault then keeps a second copy of the client secret, which the operator healer may
   * read.
   * @default false
   * @example true
   */
  autoRecover: z.boolean().default(false),
});

const credentialFields = {
  /** Name of the credential. @example 'people-me' */
  name,
  /** Name of the integration that the grant belongs to. A Service App has an integration of its own. @example 'people-bot' */
  integration: z.string().register(rules, { rule: 'name of a declared integration' }),
  /** Scopes that the account consents to. @example ['spark:people_read'] */
  scopes: z.array(scope).min(1, 'must name at least one scope; add one, like "spark:people_read"'),
  /** Email of the only account whose consent is accepted. @default - any account @example 'admin@example.com' */
  owner: z
    .email({ error: ({ input }) => `must be an email address, got ${described(input)}` })
    .optional()
    .register(rules, {
      rule: 'not with `serviceApp`; needs scope `spark:people_read`, `spark-admin:people_read` or `spark:all`',
    }),
  /**
   * The grant is a Service App's. An administrator authorizes the Service App once, in Control Hub, and no person consents.
   * @default - a person's grant
   * @example { id: 'Y2lzY29zcGFyazovL3VzL0FQUExJQ', organizationId: 'Y2lzY29zcGFyazovL3VzL09SR0', requestedBy: 'people-me' }
   */
  serviceApp: serviceApp.optional(),
};

export interface CredentialDeclarationFields extends Fields<typeof credentialFields> {}

/** The named place of one grant in the engine. */
export const credentialDeclaration: StrictObject<CredentialDeclarationFields> = strictObject(credentialFields);

export type CredentialDeclaration = z.output<typeof credentialDeclaration>;

export type ServiceAppCredential = CredentialDeclaration & {
  readonly serviceApp: NonNullable<CredentialDeclaration['serviceApp']>;
};

export function isServiceApp(credential: CredentialDeclaration): credential is ServiceAppCredential {
  return credential.serviceApp !== undefined;
}

/**
 * The credentials that a Service App's grant depends on: the one whose token requests it, the one whose token requests
 * that one, and so on. The list ends at a person's credential, or before a credential would repeat.
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
