import { describeError, ExplainedError } from '#core';
import { CsrfTokens } from '../../browser/site/csrf-tokens';
import type { SiteReply } from '../../browser/site/site-reply';
import type { SiteRequest } from '../../browser/site/site-request';
import { consentSites } from '../../declaration/derived/consent-site';
import type { Deployment } from '../../declaration/schema/deployment';
import { explained } from '../../operators/server-refusal';
import { outcomePage } from '../pages/outcome-page';
import { waitingPage } from '../pages/waiting-page';
import { PeopleConsents } from './people-consents';
import { PeopleLogin } from './people-login';
import type { PeopleSiteOptions } from './people-site-options';
import { isAccepted, type Session, type Visitor } from './visitor';
import { findWaiting } from './waiting-consents';
import { organizationItem, requestPath, REQUESTS, waitingItem } from './waiting-item';

const LOGOUT = 'logout';
const EVENTS = 'webhooks/service-apps';

/** Paths below the base that take POST. */
export const PEOPLE_POSTS: readonly string[] = [LOGOUT, EVENTS];

/**
 * The site of the people who may consent. The site holds no right in Vault: each request to it carries the token of the
 * person who has logged in, so Vault's audit log names the person.
 */
export class PeopleSite implements AsyncDisposable {
  readonly #login: PeopleLogin;
  readonly #consents: PeopleConsents;
  readonly #csrf = new CsrfTokens();

  constructor(private readonly options: PeopleSiteOptions) {
    this.#login = new PeopleLogin(options);
    this.#consents = new PeopleConsents(options);
  }

  /** @returns undefined for an unknown page */
  async answer(request: SiteRequest): Promise<SiteReply | undefined> {
    try {
      return await this.#answer(request);
    } catch (failure) {
      const error = explained(failure);
      if (!(error instanceof ExplainedError)) {
        throw failure;
      }
      this.options.onNotice(`a page could not be made: ${describeError(error)}`);
      const text = 'Vault does not answer as it should. Nothing was changed. Try again in some minutes.';
      return { status: 503, document: outcomePage({ tone: 'bad', title: 'Not possible now', text }) };
    }
  }

  async #answer(request: SiteRequest): Promise<SiteReply | undefined> {
    switch (`${request.method} ${request.path}`) {
      case 'GET ':
        return this.#asPerson(request, (visitor, session) => this.#list(visitor, session));
      case 'GET login':
        return this.#login.begin(request);
      case 'GET oidc/callback':
        return this.#login.finish(request, async (visitor) => (await this.#consents.resume(visitor)) ?? this.#home());
      case `POST ${LOGOUT}`:
        return this.#logOut(request);
      case `POST ${EVENTS}`:
        return this.options.events?.answer(request);
      case 'GET healthz':
        // A probe learns nothing else.
        return { status: 200 };
      default:
        return request.method === 'GET' ? this.#other(request) : undefined;
    }
  }

  /** Finishes the exchanges that have begun, and revokes the tokens of all people. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#consents.end();
    await this.#login.endAll();
  }

  async #other(request: SiteRequest): Promise<SiteReply | undefined> {
    const deployment = await this.options.deployment();
    if (redirectPaths(deployment, this.options.base).includes(request.path)) {
      return this.#consents.redirect(request, this.#login.visitorOf(request), () => this.#login.begin(request));
    }
    return request.path.startsWith(REQUESTS)
      ? this.#asPerson(request, async (visitor, session) => {
          const credential = deployment.credentials.find(({ name }) => requestPath(name) === request.path);
          return credential && this.#consents.request(credential.name, visitor, session);
        })
      : undefined;
  }

  /** Answers a person who has logged in. Anybody else gets the page with the login. */
  async #asPerson(
    request: SiteRequest,
    answer: (visitor: Visitor, session: Session) => Promise<SiteReply | undefined>,
  ): Promise<SiteReply | undefined> {
    const visitor = this.#login.visitorOf(request);
    const session = visitor?.liveSession();
    if (visitor === undefined || session === undefined || !(await isAccepted(session))) {
      return this.#login.page();
    }
    return answer(visitor, session);
  }

  async #list(visitor: Visitor, session: Session): Promise<SiteReply> {
    const { base, signal, onWaiting, events } = this.options;
    const deployment = await this.options.deployment();
    const look = await findWaiting({ deployment, vault: session.vault, signal });
    onWaiting?.(look);
    const page = {
      person: session.person,
      items: look.waiting.map((each) => waitingItem(each, base)),
      unknown: look.unknown.map(({ name }) => name),
      organizations: ((await events?.waiting()) ?? []).map(organizationItem),
      logoutHref: `${base.pathname}${LOGOUT}`,
      logoutToken: this.#csrf.token(visitor.key, LOGOUT),
    };
    return { status: 200, document: waitingPage(page) };
  }

  async #logOut(request: SiteRequest): Promise<SiteReply> {
    const visitor = this.#login.visitorOf(request);
    if (visitor === undefined) {
      return this.#home();
    }
    if (!this.#csrf.matches(request.form.get('csrf'), visitor.key, LOGOUT)) {
      const text = 'This form does not belong to your login. You are still logged in.';
      const page = { tone: 'bad', title: 'Not logged out', text, listHref: this.options.base.pathname } as const;
      return { status: 403, document: outcomePage(page) };
    }
    return this.#login.end(visitor);
  }

  #home(): SiteReply {
    return { status: 303, location: this.options.base.pathname };
  }
}

/** Paths below the base to which Webex redirects. */
function redirectPaths(deployment: Deployment, base: URL): readonly string[] {
  return consentSites(deployment).find((site) => site.base.href === base.href)?.redirectPaths ?? [];
}
