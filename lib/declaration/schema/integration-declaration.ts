import { z } from 'zod';
import { name, strictObject, type Fields, type StrictObject } from './fields';
import { rules } from './rules';

/** With another host, the authorization code would cross a network. */
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** The redirect URL of an integration that declares none. */
export const DEFAULT_REDIRECT_URL = 'http://localhost:5000/auth';

const redirectUrl = z.string().superRefine(requireLoopback).register(rules, {
  rule: 'an http URL on localhost, 127.0.0.1 or [::1], without user, query and fragment',
});

function requireLoopback(value: string, context: z.core.$RefinementCtx): void {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'http:' || !LOOPBACK_HOSTS.includes(url.hostname) || url.search || url.hash || url.username) {
    context.addIssue(
      `must be a loopback http URL, got "${value}"; register one like "http://localhost:5000/auth" and use it here`,
    );
  }
}

const integrationFields = {
  /** Name of the integration. @example 'people-bot' */
  name,
  /**
   * Name of the integration in the engine. A renamed integration keeps its first name here, because each grant refers to its
   * integration by that name.
   * @default - `name`
   * @example 'people'
   */
  vaultName: name.optional(),
  /** Client id, as Webex shows it. @default - none: a deploy needs one, other commands do not @example 'C0123456789abcdef' */
  clientId: z.string().min(1, 'must not be empty').optional(),
  /** Version of the client secret. Raise it if the secret changes at Webex. The next deploy writes the new secret. @default 1 @example 2 */
  clientSecretVersion: z.int().positive().default(1),
  /**
   * Redirect URL, as registered at Webex. The command `authorize` listens at its port and path. A Service App has no redirect
   * URL.
   * @default "http://localhost:5000/auth"
   * @example 'http://localhost:8400/callback'
   */
  redirectUrl: redirectUrl.default(DEFAULT_REDIRECT_URL),
};

export interface IntegrationDeclarationFields extends Fields<typeof integrationFields> {}

/** A Webex OAuth client. */
export const integrationDeclaration: StrictObject<IntegrationDeclarationFields> = strictObject(integrationFields);
