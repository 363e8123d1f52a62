import type { SiteReply } from '../../browser/site/site-reply';
import type { Grant } from '../../grants/consent/grant';
import type { ConsentRequest } from '../pages/consent-page';
import { outcomePage } from '../pages/outcome-page';
import type { AttemptFailure } from './attempt-failure';

/*
 * The pages of a link beside the request itself.
 */

/** Why a link has ended. */
export type LinkEnd = 'used' | 'expired' | 'failed';

export function endedPage(end: LinkEnd, { requester }: { readonly requester: string }): SiteReply {
  const words = {
    used: {
      title: 'This link was used',
      text: 'Somebody consented by this link, so it has ended. You can close this window.',
    },
    expired: { title: 'This link has expired', text: `Nothing was stored. Ask ${requester} for a new link.` },
    failed: { title: 'This link has ended', text: `It can store no consent. Tell ${requester}, who sees the reason.` },
  }[end];
  return { status: 410, document: outcomePage({ tone: 'bad', ...words }) };
}

/** It names nobody and no address, because any browser may get it. */
export function foreignPage(): SiteReply {
  const text =
    'This answer from Webex was used before, or it belongs to another browser. Open the link that you received again, and stay in one browser.';
  return { status: 400, document: outcomePage({ tone: 'bad', title: 'Open the link again', text }) };
}

export function storedPage(
  grant: Grant,
  { credential, owner }: Pick<ConsentRequest, 'credential' | 'owner'>,
): SiteReply {
  const { person, requestedScopes, grantedScopes = requestedScopes, missingScopes = [] } = grant;
  const facts = {
    Credential: credential,
    Account: person?.emails[0] ?? owner,
    Name: person?.displayName,
    Scopes: grantedScopes.join(' '),
    'Not granted': missingScopes.length === 0 ? undefined : missingScopes.join(' '),
  };
  const known = Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const text = 'Vault has stored your consent, and the programs can use it. You can close this window.';
  return { status: 200, document: outcomePage({ tone: 'good', title: 'Your consent is stored', text, facts: known }) };
}

/** @param retryHref address of the request, which this visitor knows */
export function failurePage({ title, text, mayRetry }: AttemptFailure, retryHref: string): SiteReply {
  const document = outcomePage({ tone: 'bad', title, text, retryHref: mayRetry ? retryHref : undefined });
  return { status: 200, document };
}
