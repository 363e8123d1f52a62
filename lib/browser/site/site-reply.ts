import type { SiteDocument } from '../page-document';
import { type PageReply, refusal } from '../page-reply';
import type { SiteCookie } from './site-cookie';

export interface SiteReply {
  /** 303 for a redirect, whose `location` is set. */
  readonly status: number;
  /** @default - no body */
  readonly document?: SiteDocument;
  /** Target of the redirect: a path of this site, or a URL that the site made. It never comes from a request. */
  readonly location?: string;
  readonly cookies?: readonly SiteCookie[];
  /** Time after which another attempt makes sense, in seconds. */
  readonly retryAfterSeconds?: number;
}

/** Answer for every path that has no page. */
export const UNKNOWN_PAGE = refusal(404, 'Not found', 'There is no page at this address. Check the link.');

export function pageReply(reply: SiteReply, base: URL): PageReply {
  const { status, document, location, cookies = [], retryAfterSeconds } = reply;
  return {
    status,
    document,
    headers: {
      ...(location !== undefined && { location: new URL(location, base).href }),
      ...(cookies.length > 0 && { 'set-cookie': cookies.map(({ header }) => header) }),
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(Math.ceil(retryAfterSeconds)) }),
    },
  };
}
