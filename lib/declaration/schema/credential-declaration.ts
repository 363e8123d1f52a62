import { z } from 'zod';
import { described, name, strictObject, type Fields, type StrictObject } from './fields';

const scope = z.string().regex(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/, {
  error: ({ input }) => `must be one OAuth scope, got "${String(input)}"; list each scope on its own`,
});

const credentialFields = {
  name,
  /** Name of the integration that the grant belongs to: of a Service App, the one with its own client id and secret. */
  integration: z.string(),
  scopes: z.array(scope).min(1, 'must name at least one scope; add one, like "spark:people_read"'),
  /** Email of the only account whose consent is accepted. @default - any account */
  owner: z.email({ error: ({ input }) => `must be an email address, got ${described(input)}` }).optional(),
  /**
   * Whose grant it is: a person's, who consents; or a Service App's, an account of its own that an administrator
   * authorizes in Control Hub, once. @default "person"
   */
  kind: z.enum(['person', 'service-app']).default('person'),
  /** Of a Service App: its id, as the developer portal shows it. */
  applicationId: z.string().min(1, 'must not be empty').optional(),
  /** Of a Service App: id of the organization that has authorized it, as Webex's API shows it. */
  organization: z.string().min(1, 'must not be empty').optional(),
  /**
   * A Service App only: the credential whose token asks for the grant, a person's or another Service App's. It has scope
   * `spark:applications_token`. Service Apps that ask for each other's grants all have to heal.
   */
  tokensFrom: z.string().optional(),
  /**
   * Of a Service App: "recover" gets a lost grant again. The client secret is then kept in Vault a second
   * time, where one more operator, the healer, may read it. @default false
   */
  heals: z.boolean().default(false),
};

export interface CredentialDeclarationFields extends Fields<typeof credentialFields> {}

/** One grant, as `deployment.ts` declares it. */
export const credentialDeclaration: StrictObject<CredentialDeclarationFields> = strictObject(credentialFields);

export type CredentialDeclaration = z.output<typeof credentialDeclaration>;
