import { randomBytes } from 'node:crypto';
import { describeError, ExplainedError, timerMs } from '#core';
import { equalSecrets } from '../../browser/equal-secrets';
import { type ExpectedRedirect, readRedirect, RedirectState } from '../../browser/redirect';
import type { SiteReply } from '../../browser/site/site-reply';
import type { SiteRequest } from '../../browser/site/site-request';
import { LINK_PATH } from '../../declaration/derived/consent-site';
import type { Grant } from '../../grants/consent/grant';
import { consentPage, type ConsentRequest } from '../pages/consent-page';
import { attemptFailure } from '../attempt-failure';
import { storedPage } from '../stored-page';
import { endedPage, failurePage, foreignPage, type LinkEnd } from './link-page';
import { type Attempt, LinkVisitors } from './link-visitors';

export interface ConsentLinkOptions {
  /** Address of the site. */
  readonly base: URL;
  /** Path of the redirect from Webex, below the base. */
  readonly redirectPath: string;
  /** Content of the page. */
  readonly request: Omit<ConsentRequest, 'href' | 'othersBegan' | 'now'> & { readonly requester: string };
  /** Page at Webex that an attempt begins with. */
  readonly urlFor: (attempt: Attempt) => string;
  /** Explains an error in a redirect. */
  readonly explain: ExpectedRedirect['explain'];
  /** Exchanges a code, and stores the grant. */
  readonly finish: (code: string, attempt: Attempt) => Promise<Grant>;
  /** Gets the failure of an attempt that the link survives. */
  readonly onFailure: (error: unknown) => void;
}

/** More attempts than people make. Each of them costs requests to Webex. */
const MOST_ATTEMPTS = 100;

/** A link that is good for one consent. Anybody who has it may try, and the first stored grant ends it. */
export class ConsentLink {
  /** Address to send. It holds the secret. */
  readonly url: URL;
  readonly #visitors = new LinkVisitors();
  /** Replies by the states of attempts, so a repeated redirect gets the same page and is not exchanged again. */
  readonly #replies = new Map<string, Promise<SiteReply>>();
  readonly #stored: Promise<Grant>;
  #resolve: (grant: Grant) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #end: LinkEnd | undefined;
  #last: { readonly visitor: string; readonly at: Date } | undefined;

  constructor(private readonly options: ConsentLinkOptions) {
    this.url = new URL(`${LINK_PATH}${randomBytes(32).toString('base64url')}`, options.base);
    this.#stored = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody may be waiting yet.
    this.#stored.catch(() => undefined);
  }

  /** @returns undefined for a path that is not this link's */
  async answer(request: SiteRequest): Promise<SiteReply | undefined> {
    const { base, redirectPath } = this.options;
    if (request.path === redirectPath) {
      return this.#redirected(request);
    }
    return equalSecrets(base.pathname + request.path, this.url.pathname) ? this.#page(request) : undefined;
  }

  /**
   * Waits for the first stored grant. At the time limit and at the signal, an attempt under way is finished first.
   *
   * @param tooLate error after the time limit
   * @throws that error; the error of an attempt that the link does not survive; the signal's reason
   */
  async stored(signal: AbortSignal, tooLate: () => Error): Promise<Grant> {
    const interrupt = (): void => this.#expire(signal.reason);
    const leftMs = Math.max(0, this.options.request.until.getTime() - Date.now());
    const timer = setTimeout(() => this.#expire(tooLate()), timerMs(leftMs));
    signal.addEventListener('abort', interrupt);
    try {
      if (signal.aborted) {
        interrupt();
      }
      return await this.#stored;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', interrupt);
    }
  }

  #page(request: SiteRequest): SiteReply {
    if (this.#end !== undefined) {
      return endedPage(this.#end, this.options.request);
    }
    const known = this.#visitors.known(request);
    const visitor = known ?? this.#visitors.newOne();
    const last = this.#last;
    const document = consentPage({
      ...this.options.request,
      href: this.options.urlFor(this.#attempt(visitor)),
      othersBegan: last === undefined || last.visitor === visitor ? undefined : last.at,
    });
    return { status: 200, document, cookies: known === undefined ? [this.#visitors.cookie(visitor)] : [] };
  }

  async #redirected(request: SiteRequest): Promise<SiteReply> {
    const visitor = this.#visitors.known(request);
    const attempt = visitor === undefined ? undefined : this.#attempt(visitor);
    const state = attempt && new RedirectState(attempt.state);
    const redirect = state && readRedirect(request.query, { state, explain: this.options.explain });
    if (attempt === undefined || redirect === undefined || redirect.kind === 'ignored') {
      return foreignPage();
    }
    const known = this.#replies.get(attempt.state);
    if (known !== undefined) {
      return known;
    }
    const reply = this.#inTurn(async () => {
      if (redirect.kind === 'refused') {
        throw redirect.error;
      }
      return this.options.finish(redirect.code, attempt);
    });
    this.#replies.set(attempt.state, reply);
    return reply;
  }

  /** Makes one attempt at a time. A person who comes meanwhile waits, because the attempt before may fail. */
  async #inTurn(finish: () => Promise<Grant>): Promise<SiteReply> {
    // The state of this attempt is used up, so the browser gets another one.
    const next = this.#visitors.newOne();
    const turn = this.#turn.then(() => {
      if (this.#end !== undefined) {
        return endedPage(this.#end, this.options.request);
      }
      this.#last = { visitor: next, at: new Date() };
      return this.#outcome(finish);
    });
    this.#turn = turn;
    return { ...(await turn), cookies: [this.#visitors.cookie(next)] };
  }

  async #outcome(finish: () => Promise<Grant>): Promise<SiteReply> {
    const { request } = this.options;
    try {
      const grant = await finish();
      this.#end = 'used';
      this.#resolve(grant);
      return { status: 200, document: storedPage(grant, request) };
    } catch (error) {
      const failure = attemptFailure(error, request);
      const isLast = this.#replies.size >= MOST_ATTEMPTS;
      if (failure.mayRetry && !isLast) {
        this.options.onFailure(error);
      } else {
        this.#end ??= 'failed';
        this.#reject(failure.mayRetry ? tooMany(error) : error);
      }
      return failurePage({ ...failure, mayRetry: this.#end === undefined }, this.url.href);
    }
  }

  /** Lets nobody begin any more. An attempt under way decides first. */
  #expire(reason: unknown): void {
    this.#end ??= 'expired';
    void this.#turn.then(() => this.#reject(reason));
  }

  #attempt(visitor: string): Attempt {
    return this.#visitors.attempt(visitor, this.url.pathname);
  }
}

function tooMany(error: unknown): ExplainedError {
  return new ExplainedError(
    `${MOST_ATTEMPTS} attempts to consent by this link failed, so it has ended; the last one failed because ${describeError(error)}; find out who has the link, then run the command again`,
  );
}
