import { isLoopback } from '#core';
import { z } from 'zod';
import { name, strictObject, type Fields, type StrictObject } from './fields';
import { rules } from './rules';

/** The redirect URL of an integration that declares none. */
export const DEFAULT_REDIRECT_URL = 'http://localhost:5000/auth';

const redirectUrl = z.string().superRefine(requireRedirectUrl).register(rules, {
  rule: 'an http URL on localhost, 127.0.0.1 or [::1], or an https URL of another host that does not end with "/"; without user, query and fragment',
});

function requireRedirectUrl(value: string, context: z.core.$RefinementCtx): void {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !(isOfThisMachine(url) || isOfConsentSite(url)) || url.search || url.hash || url.username) {
    context.addIssue(
      `must be an http URL on loopback, or an https URL of another host and with a path, got "${value}"; register one like "http://localhost:5000/auth" or "https://grants.example.com/callback" and use it here`,
    );
  }
}

/** With another host, the authorization code would cross a network unencrypted. */
function isOfThisMachine({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** The site has other pages beside the one of the redirect, so the redirect needs a name of its own. */
function isOfConsentSite({ protocol, hostname, pathname }: URL): boolean {
  return protocol === 'https:' && !isLoopback(hostname) && !pathname.endsWith('/');
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
   * Redirect URL, as registered at Webex. The command `authorize` listens at the port and path of an http URL. It serves a link
   * at the host of an https URL, so that a person without a terminal can consent. A Service App has no redirect URL.
   * @default "http://localhost:5000/auth"
   * @example 'http://localhost:8400/callback'
   */
  redirectUrl: redirectUrl.default(DEFAULT_REDIRECT_URL),
};

export interface IntegrationDeclarationFields extends Fields<typeof integrationFields> {}

/** A Webex OAuth client. */
export const integrationDeclaration: StrictObject<IntegrationDeclarationFields> = strictObject(integrationFields);
