import type { ShowUrl } from '../lib/grants/consent/consent';
import { authorize } from '../lib/grants/consent/ways/code-grant';
import { authorizeServiceApp } from '../lib/grants/consent/ways/service-app-grant';
import type { Grant } from '../lib/grants/consent/grant';
import { findCredential } from '../lib/declaration/derived/by-name';
import { clientSecretVariable } from '../lib/declaration/derived/client-secret';
import { importGrant } from '../lib/grants/consent/ways/token-import';
import { isServiceApp, personBehind } from '../lib/declaration/schema/credential-declaration';
import { consenterOf } from './declared-webex';
import type { Rehearsal } from './rehearsal';

export interface RehearsedConsentOptions {
  readonly credentialName: string;
  readonly onNotice?: (line: string) => void;
  /** Shows the consent URL to a person. @default - consent is given automatically */
  readonly onConsentUrl?: ShowUrl;
  readonly signal?: AbortSignal;
}

/**
 * Authorizes a credential under the authorizer's policy. A Service App's requesting credential is authorized first. Without
 * a person behind it, the Service App's first grant comes from the developer portal.
 */
export async function rehearseConsent(rehearsal: Rehearsal, options: RehearsedConsentOptions): Promise<Grant> {
  const { credentialName, onNotice, onConsentUrl, signal } = options;
  const { deployment, webex, variables } = rehearsal;
  const credential = findCredential(deployment, credentialName);
  const vault = rehearsal.admin.withToken(await rehearsal.operatorToken('authorizer'));
  const run = { vault, deployment, credentialName, onNotice, signal };
  if (!isServiceApp(credential)) {
    return authorize({ ...run, onUrl: onConsentUrl ?? ((url) => webex.follow(url, { as: consenterOf(credential) })) });
  }
  const clientSecret = (): Promise<string | undefined> =>
    Promise.resolve(variables[clientSecretVariable(credential.integration)]);
  if (personBehind(credential, deployment.credentials) === undefined) {
    const { id, organizationId } = credential.serviceApp;
    const refreshToken = (): Promise<string> => Promise.resolve(webex.portalToken(id, organizationId));
    return importGrant({ ...run, clientSecret, refreshToken, replace: true });
  }
  await rehearseConsent(rehearsal, { ...options, credentialName: credential.serviceApp.requestedBy });
  return authorizeServiceApp({ ...run, clientSecret });
}
