import type { SiteDocument } from '../browser/page-document';
import type { Grant } from '../grants/consent/grant';
import { outcomePage } from './pages/outcome-page';

export interface StoredConsent {
  readonly credential: string;
  /** Email of the only account that is accepted. */
  readonly owner: string;
}

/** The page of a consent that was stored. @param listHref address of the list. @default - the visitor has none */
export function storedPage(grant: Grant, { credential, owner }: StoredConsent, listHref?: string): SiteDocument {
  const { person, requestedScopes, grantedScopes = requestedScopes, missingScopes = [] } = grant;
  const facts = {
    Credential: credential,
    Account: person?.emails[0] ?? owner,
    Name: person?.displayName,
    Scopes: grantedScopes.join(' '),
    'Not granted': missingScopes.length === 0 ? undefined : missingScopes.join(' '),
  };
  return outcomePage({
    tone: 'good',
    title: 'Your consent is stored',
    text: `Vault has stored your consent, and the programs can use it.${listHref === undefined ? ' You can close this window.' : ''}`,
    facts: Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    listHref,
  });
}
