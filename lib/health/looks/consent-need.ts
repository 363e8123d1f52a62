import type { ConsentSite } from '../../declaration/derived/consent-site';
import type { CredentialLine } from '../report';

/** Why a credential needs the consent of a person. */
export type ConsentCause = 'never given' | 'ended' | 'wrong account' | 'scopes missing' | 'ends soon';

/** @returns undefined if the credential needs no consent */
export function consentCause({
  state,
  severity,
}: Pick<CredentialLine, 'state' | 'severity'>): ConsentCause | undefined {
  switch (state) {
    case 'never authorized':
      return 'never given';
    case 'gone':
    case 're-authorization required':
    case 'refused by Webex':
      return 'ended';
    case 'wrong account':
    case 'scopes missing':
      return state;
    case 'healthy':
      return severity === 'attention' ? 'ends soon' : undefined;
    default:
      return undefined;
  }
}

/** Names the site in the next step of a credential that needs a consent. @param site @default - there is none */
export function withConsentSite(line: CredentialLine, site: ConsentSite | undefined): CredentialLine {
  if (site === undefined || consentCause(line) === undefined) {
    return line;
  }
  const here = (next?: string): string =>
    next === undefined ? `log in at ${site.base.href}` : `log in at ${site.base.href}, or: ${next}`;
  const { impersonal } = line;
  return {
    ...line,
    next: here(line.next),
    impersonal: impersonal && { ...impersonal, next: here(impersonal.next) },
  };
}
