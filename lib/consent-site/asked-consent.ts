import type { PreparedPkce } from '../grants/consent/ways/pkce-grant';
import { scopeWords } from '../webex/scope-words';
import type { ConsentRequest } from './pages/consent-page';

/** Words of the page about the consent itself, the same on the site of a link and on the site of the people. */
export function askedConsent({
  credential,
  integration,
  stored,
}: PreparedPkce): Pick<ConsentRequest, 'credential' | 'integration' | 'clientId' | 'scopes' | 'organization'> {
  return {
    credential: credential.name,
    integration: integration.name,
    clientId: stored.clientId,
    scopes: credential.scopes.map((name) => ({ name, words: scopeWords(name) })),
    organization: credential.organization?.name,
  };
}
