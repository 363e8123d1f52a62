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

/** One grant, as `deployment.ts` declares it. */
export const credentialDeclaration: StrictObject<CredentialDeclarationFields> = strictObject(credentialFields);

export type CredentialDeclaration = z.output<typeof credentialDeclaration>;
