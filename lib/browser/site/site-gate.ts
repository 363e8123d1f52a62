import { oneHeader, type PageRequest } from '../page-admission';
import { type PageReply, refusal } from '../page-reply';
import { UNKNOWN_PAGE } from './site-reply';

export interface SitePaths {
  /** Address of the site as browsers see it: https, with a path that ends with "/". */
  readonly base: URL;
  /** Paths below the base to which an authorization server redirects, such as "callback". They take GET alone, not HEAD. */
  readonly redirectPaths: readonly string[];
  /** Paths below the base that take POST. @default none */
  readonly posts?: readonly string[];
}

const FOREIGN = refusal(403, 'Not allowed', 'Another site sent this request. Open the page of this site itself.');

/** Refuses what no page of the site takes: another method, and a request that another site's page makes. */
export function siteGate(
  { message, path }: PageRequest,
  { base, redirectPaths, posts = [] }: SitePaths,
): PageReply | undefined {
  if (!path.startsWith(base.pathname)) {
    return UNKNOWN_PAGE;
  }
  const below = path.slice(base.pathname.length);
  // A HEAD would use up a state, and show nothing.
  const methods = [
    'GET',
    ...(redirectPaths.includes(below) ? [] : ['HEAD']),
    ...(posts.includes(below) ? ['POST'] : []),
  ];
  const { method = '' } = message;
  if (!methods.includes(method)) {
    return refusal(405, 'Not allowed', `This page takes only ${methods.join(', ')}.`, { allow: methods.join(', ') });
  }
  return isForeign(message, method, base) ? FOREIGN : undefined;
}

/** Browsers say where a request comes from, and what it is for. Other clients, such as Webex itself, do not. */
function isForeign(message: PageRequest['message'], method: string, base: URL): boolean {
  const { 'sec-fetch-site': sites, 'sec-fetch-dest': destinations, origin: origins } = message.headersDistinct;
  if (method === 'POST') {
    // The origin is "null", because the pages send no referrer.
    const isOwn = origins === undefined || ['null', base.origin].includes(oneHeader(message, 'origin') ?? '');
    return !isOwn || (sites !== undefined && oneHeader(message, 'sec-fetch-site') !== 'same-origin');
  }
  // A link from elsewhere is welcome, and a frame, an image or a script is not.
  return destinations !== undefined && oneHeader(message, 'sec-fetch-dest') !== 'document';
}
