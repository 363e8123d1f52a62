import { commandLine } from '#core';
import { declarationStep } from '../organizations/declaration-step';
import type { WaitingOrganization } from '../organizations/waiting-organizations';
import type { WaitingConsent, WaitingOrganization as OrganizationItem } from '../pages/waiting-page';
import type { WaitingCredential } from './waiting-consents';

/** Beginning of the paths of the pages that ask for a consent. */
export const REQUESTS = 'consent/';

/** Path below the base of the page that asks for a consent. */
export function requestPath(credentialName: string): string {
  return `${REQUESTS}${encodeURIComponent(credentialName)}`;
}

/** A credential on the list, with the page that asks for its consent, or what to do if there is none here. */
export function waitingItem({ site, cause, until, ...waiting }: WaitingCredential, base: URL): WaitingConsent {
  const { name: credential, integration, owner } = waiting;
  const detail = waiting.detail ?? (cause === 'ends soon' ? until?.toISOString().slice(0, 10) : undefined);
  const item = { credential, integration, owner, reason: cause, detail };
  if (site === undefined) {
    return { ...item, instead: `At a terminal: ${commandLine('authorize', credential)}` };
  }
  if (site.base.href !== base.href) {
    return { ...item, instead: `Consent at ${site.base.href}` };
  }
  return owner === undefined
    ? { ...item, instead: 'Name its owner in the declaration first' }
    : { ...item, href: `${base.pathname}${requestPath(credential)}` };
}

/** An organization on the list. */
export function organizationItem(organization: WaitingOrganization): OrganizationItem {
  const { organizationId, applicationId, integration, authorizedAt } = organization;
  return {
    id: organizationId,
    application: integration ?? applicationId,
    authorizedAt,
    withdrawnFrom: organization.change === 'went' ? organization.credential : undefined,
    step: declarationStep(organization),
  };
}
