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
   * @default - the `id` of each of `organizations`
   * @example 'Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8wMTIz'
   */
  organizationId: notEmpty.optional().register(rules, { rule: 'required without `organizations`, and not with it' }),
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

const owner = z.email({ error: ({ input }) => `must be an email address, got ${described(input)}` });

const OWNER_RULE = 'not with `serviceApp`; needs scope `spark:people_read`, `spark-admin:people_read` or `spark:all`';

const organizationFields = {
  /** Name of the organization, which ends the name of its credential. @example 'acme' */
  name,
  /**
   * Id of the organization, as Webex's API shows it. Only the consent of an account in this organization is accepted.
   * @default - an account of any organization
   * @example 'Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8wMTIz'
   */
  id: notEmpty.optional().register(rules, {
    rule: 'required with `serviceApp`; without it, needs scope `spark:people_read`, `spark-admin:people_read` or `spark:all`',
  }),
  /** Email of the only account whose consent is accepted for this organization. @default - any account @example 'admin@acme.example' */
  owner: owner.optional().register(rules, { rule: OWNER_RULE }),
};

export interface OrganizationFields extends Fields<typeof organizationFields> {}

const organization: StrictObject<OrganizationFields> = strictObject(organizationFields);

/** The place of one credential in its family. */
const membership = strictObject({
  /** Name of the family, which apps name to read all its credentials. @example 'people-me' */
  family: name,
  /** Name of the organization. @example 'acme' */
  name,
  /** As `organizations[].id`. @default - an account of any organization @example 'Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8wMTIz' */
  id: notEmpty.optional().register(rules, { rule: 'not with `serviceApp`, whose `organizationId` is the id' }),
});

const credentialFields = {
  /** Name of the credential. With `organizations`, it is the name of their family. @example 'people-me' */
  name,
  /** Name of the integration that the grant belongs to. A Service App has an integration of its own. @example 'people-bot' */
  integration: z.string().register(rules, { rule: 'name of a declared integration' }),
  /** Scopes that the account consents to. @example ['spark:people_read'] */
  scopes: z.array(scope).min(1, 'must name at least one scope; add one, like "spark:people_read"'),
  /** Email of the only account whose consent is accepted. @default - any account @example 'admin@example.com' */
  owner: owner.optional().register(rules, { rule: `${OWNER_RULE}; not with \`organizations\`, which have their own` }),
  /**
   * The grant is a Service App's. An administrator authorizes the Service App once, in Control Hub, and no person consents.
   * @default - a person's grant
   * @example { id: 'Y2lzY29zcGFyazovL3VzL0FQUExJQ', organizationId: 'Y2lzY29zcGFyazovL3VzL09SR0', requestedBy: 'people-me' }
   */
  serviceApp: serviceApp.optional(),
  /**
   * One credential for each organization, a family. The credential of an organization is named `<name>-<organizations[].name>`, such
   * as `people-me-acme`, and has the integration, scopes and Service App that are declared here. Apps read the whole family by its
   * name, or one of its credentials.
   * @default - one credential, for one account
   * @example [{ name: 'acme', owner: 'admin@acme.example' }, { name: 'globex' }]
   */
  organizations: z
    .array(organization)
    .min(1, 'must name at least one organization; add one, like { name: "acme" }')
    .readonly()
    .optional()
    .register(rules, {
      rule: 'no other credential or family has the name of one of them; such a name has 63 characters at most',
    }),
  /**
   * The place of this credential in a family. `organizations` gives it to each of its credentials. Write it out for an organization
   * that needs another integration or other scopes.
   * @default - the credential is in no family
   * @example { family: 'people-me', name: 'initech' }
   */
  organization: membership
    .optional()
    .register(rules, { rule: '`name` of the credential is `<family>-<organization.name>`; not with `organizations`' }),
};

export interface CredentialDeclarationFields extends Fields<typeof credentialFields> {}

/** The named place of one grant in the engine. */
export const credentialDeclaration: StrictObject<CredentialDeclarationFields> = strictObject(credentialFields);

export type CredentialDeclaration = z.output<typeof credentialDeclaration>;

type ServiceApp = NonNullable<CredentialDeclaration['serviceApp']>;

/** A credential as all other code knows it: one for each declared organization. */
export type Credential = Omit<CredentialDeclaration, 'organizations' | 'serviceApp'> & {
  readonly serviceApp?: ServiceApp & { readonly organizationId: string };
};

export type ServiceAppCredential = Credential & { readonly serviceApp: NonNullable<Credential['serviceApp']> };

export function isServiceApp(credential: Credential): credential is ServiceAppCredential {
  return credential.serviceApp !== undefined;
}

/**
 * The credentials that a Service App's grant depends on: the one whose token requests it, the one whose token requests
 * that one, and so on. The list ends at a person's credential, or before a credential would repeat.
 */
export function askersOf(credential: Credential, credentials: readonly Credential[]): readonly Credential[] {
  const askers: Credential[] = [];
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
export function personBehind(credential: Credential, credentials: readonly Credential[]): Credential | undefined {
  return askersOf(credential, credentials).find((each) => !isServiceApp(each));
}
