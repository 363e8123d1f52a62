import { createHmac, randomBytes } from 'node:crypto';
import { SiteCookie } from '../../browser/site/site-cookie';
import type { SiteRequest } from '../../browser/site/site-request';

/** Secrets of one visit to Webex. */
export interface Attempt {
  /** Browser that makes the attempt. */
  readonly visitor: string;
  /** Value that Webex returns with the code. */
  readonly state: string;
  /** PKCE code verifier. */
  readonly codeVerifier: string;
}

const COOKIE = 'visitor';

/**
 * The browsers that visit a site, told apart by a random cookie. The secrets of an attempt are HMACs of the cookie, so a page
 * that a preview bot opens stores nothing.
 */
export class LinkVisitors {
  /** It exists in this process only, so a restart ends all attempts. */
  readonly #key = randomBytes(32);

  /** @returns the visitor that the browser's cookie names, if there is one */
  known(request: Pick<SiteRequest, 'cookie'>): string | undefined {
    const value = request.cookie(COOKIE);
    return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
  }

  /** A visitor that no browser has been yet. */
  newOne(): string {
    return randomBytes(32).toString('base64url');
  }

  cookie(visitor: string): SiteCookie {
    return new SiteCookie(COOKIE, visitor);
  }

  /** @param subject request that the attempt answers */
  attempt(visitor: string, subject: string): Attempt {
    const derived = (purpose: string): string =>
      createHmac('sha256', this.#key).update(`${purpose}\n${visitor}\n${subject}`).digest('base64url');
    return { visitor, state: derived('state'), codeVerifier: derived('verifier') };
  }
}
