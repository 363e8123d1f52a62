import { z } from 'zod';
import { isLoopback } from 'webex-token-client/core';
import { httpUrl, name, seconds, strictObject, type Fields, type StrictObject } from './fields';

/** Loopback hosts: a redirect URL elsewhere would send the authorization code over a network. */
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

const redirectUrl = z.string().superRefine((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'http:' || !LOOPBACK_HOSTS.includes(url.hostname) || url.search || url.hash || url.username) {
    context.addIssue(
      `must be a loopback http URL, got "${value}"; register one like "http://localhost:5000/auth" and use it here`,
    );
  }
});

const apiUrl = httpUrl.superRefine((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'http:' && !isLoopback(url.hostname)) {
    context.addIssue(`must be https, as tokens go there, got "${value}"; use "${value.replace(/^http:/, 'https:')}"`);
  }
});

const webexFields = {
  /** Base URL of the Webex API: https, or on loopback. @default "https://webexapis.com/v1" */
  apiUrl: apiUrl.default('https://webexapis.com/v1'),
  /**
   * How long a refresh token lives, where Webex has told nobody: the engine drops what it says.
   *
   * @default 7775999 (90 days, as its documentation has it; less was seen)
   * @see https://developer.webex.com/docs/integrations#using-the-refresh-token
   */
  refreshTokenSeconds: seconds.default(7_775_999),
};

export interface WebexDeclarationFields extends Fields<typeof webexFields> {}

/** Webex itself, for all integrations. */
export const webexDeclaration: StrictObject<WebexDeclarationFields> = strictObject(webexFields);

const integrationFields = {
  name,
  /**
   * The first name that it had, under which the engine goes on having it: its grants stay, as each knows its integration
   * by that name. It is declared for as long as the integration is, however often that is renamed. @default - the name
   */
  renamedFrom: name.optional(),
  /** As Webex shows it for the integration. Needed by the stack, not by the scripts. */
  clientId: z.string().min(1, 'must not be empty').optional(),
  /** Raise it when the client secret changes at Webex; the new one is written on the next deploy. @default 1 */
  clientSecretVersion: z.int().positive().default(1),
  /** As registered at Webex: loopback http, its port and path are where `authorize` listens. */
  redirectUrl,
};

export interface IntegrationDeclarationFields extends Fields<typeof integrationFields> {}

/** A Webex OAuth client, as `deployment.ts` declares it. */
export const integrationDeclaration: StrictObject<IntegrationDeclarationFields> = strictObject(integrationFields);
