import type { SiteReply } from '../../browser/site/site-reply';
import { outcomePage } from '../pages/outcome-page';
import type { AttemptFailure } from '../attempt-failure';

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

/** @param retryHref address of the request, which this visitor knows */
export function failurePage({ title, text, mayRetry }: AttemptFailure, retryHref: string): SiteReply {
  const document = outcomePage({ tone: 'bad', title, text, retryHref: mayRetry ? retryHref : undefined });
  return { status: 200, document };
}
