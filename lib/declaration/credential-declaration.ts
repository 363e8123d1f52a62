import { z } from 'zod';
import { name, strictObject, type Fields, type StrictObject } from './fields';

const scope = z.string().regex(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/, {
  error: ({ input }) => `must be one OAuth scope, got "${String(input)}"; list each scope on its own`,
});

const credentialFields = {
  name,
  /** Name of the integration that the grant belongs to. */
  integration: z.string(),
  scopes: z.array(scope).min(1, 'must name at least one scope; add one, like "spark:people_read"'),
  /** Email of the only account whose consent is accepted. @default - any account */
  owner: z.email({ error: ({ input }) => `must be an email address, got "${String(input)}"` }).optional(),
};

export interface CredentialDeclarationFields extends Fields<typeof credentialFields> {}

/** One grant of a person, as `deployment.ts` declares it. */
export const credentialDeclaration: StrictObject<CredentialDeclarationFields> = strictObject(credentialFields);
