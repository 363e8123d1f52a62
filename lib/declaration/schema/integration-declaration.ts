import { z } from 'zod';
import { name, strictObject, type Fields, type StrictObject } from './fields';

/** A redirect URL on another host would send the authorization code over a network. */
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

const redirectUrl = z.string().superRefine((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'http:' || !LOOPBACK_HOSTS.includes(url.hostname) || url.search || url.hash || url.username) {
    context.addIssue(
      `must be a loopback http URL, got "${value}"; register one like "http://localhost:5000/auth" and use it here`,
    );
  }
});

const integrationFields = {
  name,
  /**
   * Its name in the engine. A renamed integration keeps its first name here, because each grant knows its integration by
   * that name. @default - the name
   */
  vaultName: name.optional(),
  /** Client id, as Webex shows it. The stack needs it; commands do not. */
  clientId: z.string().min(1, 'must not be empty').optional(),
  /** Raise it when the client secret changes at Webex; the new one is written on the next deploy. @default 1 */
  clientSecretVersion: z.int().positive().default(1),
  /**
   * Redirect URL, as registered at Webex: loopback http. `authorize` listens at its port and path. A Service App has none.
   * @default "http://localhost:5000/auth"
   */
  redirectUrl: redirectUrl.default('http://localhost:5000/auth'),
};

export interface IntegrationDeclarationFields extends Fields<typeof integrationFields> {}

/** A Webex OAuth client. */
export const integrationDeclaration: StrictObject<IntegrationDeclarationFields> = strictObject(integrationFields);
