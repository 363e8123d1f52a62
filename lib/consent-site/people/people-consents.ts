import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { describeError, ExplainedError } from '#core';
import { readRedirect, RedirectState } from '../../browser/redirect';
import type { SiteReply } from '../../browser/site/site-reply';
import type { SiteRequest } from '../../browser/site/site-request';
import { consentSite } from '../../declaration/derived/consent-site';
import { findCredential, findIntegration } from '../../declaration/derived/by-name';
import type { Credential, Integration } from '../../declaration/schema/deployment';
import { consentRefused } from '../../grants/consent/consent-refused';
import { finishPkce, preparePkce, pkceUrl } from '../../grants/consent/ways/pkce-grant';
import type { ConsentCause } from '../../health/looks/consent-need';
import { askedConsent } from '../asked-consent';
import { attemptFailure } from '../attempt-failure';
import { consentPage } from '../pages/consent-page';
import { outcomePage } from '../pages/outcome-page';
import { storedPage } from '../stored-page';
import type { PeopleSiteOptions } from './people-site-options';
import { type HeldCode, isAccepted, type Session, type ShownRequest, type Visitor } from './visitor';
import { findWaiting } from './waiting-consents';
import { requestPath } from './waiting-item';

/** Causes of a grant that works. The consent replaces it. */
const REPLACING: readonly ConsentCause[] = ['wrong account', 'scopes missing', 'ends soon'];

/** Time that a login must still last before a code is exchanged, because the token stores the grant afterwards. */
const EXCHANGE_MS = 60_000;

/** Life of a code at Webex, about. */
const CODE_MS = 300_000;

/** Consents on the site. Each grant is stored with the token of the person who has logged in. */
export class PeopleConsents {
  /** The last exchange of each credential, so that one follows another. */
  readonly #exchanges = new Map<string, Promise<unknown>>();

  constructor(private readonly options: PeopleSiteOptions) {}

  /** The page that asks for the consent to a credential. */
  async request(name: string, visitor: Visitor, session: Session): Promise<SiteReply> {
    const { base, signal, onNotice, clientSecret } = this.options;
    const deployment = await this.options.deployment();
    const credential = findCredential(deployment, name);
    const integration = findIntegration(deployment, credential.integration);
    const { owner } = credential;
    if (owner === undefined || consentSite(integration)?.base.href !== base.href) {
      return this.#refusal('Not possible here', 'The list says what to do for this credential.');
    }
    const vault = session.vault.endedBy(signal);
    const { waiting } = await findWaiting({ deployment, vault, names: [name], signal });
    const [found] = waiting;
    if (found === undefined) {
      return this.#refusal('Nothing to do', `"${name}" needs no consent now.`);
    }
    const replaces = REPLACING.includes(found.cause);
    try {
      const prepared = await preparePkce({
        vault: session.vault,
        deployment,
        credentialName: name,
        replace: replaces,
        clientSecret: () => clientSecret(integration),
        onNotice,
        signal,
      });
      const shown = { prepared, state: new RedirectState(), codeVerifier: randomBytes(32).toString('base64url') };
      visitor.show(shown);
      const page = {
        ...askedConsent(prepared),
        owner,
        until: session.expireTime,
        href: pkceUrl(prepared, shown.state.value, shown.codeVerifier),
        replaces,
      };
      return { status: 200, document: consentPage(page) };
    } catch (error) {
      return this.#failure(credential, error);
    }
  }

  /** Takes the redirect of Webex. @param logIn answers a browser that has to log in first */
  async redirect(
    { query }: SiteRequest,
    visitor: Visitor | undefined,
    logIn: () => Promise<SiteReply>,
  ): Promise<SiteReply> {
    const request = visitor?.requestWith(query.get('state') ?? '');
    if (visitor === undefined || request === undefined) {
      const text =
        'This answer of Webex belongs to another browser, or was used already. The list says what still waits.';
      return this.#refusal('Not your request', text, 400);
    }
    const { credential, integration } = request.prepared;
    const asked = { integration: integration.name, scopes: credential.scopes };
    const redirect = readRedirect(query, {
      state: request.state,
      explain: (error, said) => consentRefused(asked, error, said),
    });
    switch (redirect.kind) {
      case 'ignored':
        return this.#refusal('Not your request', `Nothing was stored: ${redirect.why}.`, 400);
      case 'refused':
        return this.#failure(credential, redirect.error);
      case 'code': {
        const held = { request, code: redirect.code, heldAt: new Date() };
        const session = visitor.liveSession(EXCHANGE_MS);
        if (session !== undefined && (await isAccepted(session))) {
          return this.#store(held, session);
        }
        visitor.held = held;
        return logIn();
      }
    }
  }

  /** Stores the grant of a code that waited for the login. @returns undefined if none waits */
  async resume(visitor: Visitor): Promise<SiteReply | undefined> {
    const { held } = visitor;
    visitor.held = undefined;
    const session = visitor.liveSession();
    if (held === undefined || session === undefined) {
      return undefined;
    }
    if (Date.now() - held.heldAt.getTime() < CODE_MS) {
      return this.#store(held, session);
    }
    const { name } = held.request.prepared.credential;
    const text = 'The login took so long that the answer of Webex has expired. Nothing was stored.';
    return this.#refusal('Too late', text, 200, name);
  }

  /** Waits for the exchanges that have begun, because Webex takes a code once. */
  async end(): Promise<void> {
    await Promise.allSettled(this.#exchanges.values());
  }

  /** One exchange of a credential at a time. The next one finds the grant of the one before. */
  async #store({ request, code }: HeldCode, session: Session): Promise<SiteReply> {
    const { name } = request.prepared.credential;
    const before = this.#exchanges.get(name) ?? Promise.resolve();
    const exchange = before.catch(() => undefined).then(() => this.#exchange(request, code, session));
    this.#exchanges.set(name, exchange);
    try {
      return await exchange;
    } finally {
      if (this.#exchanges.get(name) === exchange) {
        this.#exchanges.delete(name);
      }
    }
  }

  async #exchange({ prepared, codeVerifier }: ShownRequest, code: string, session: Session): Promise<SiteReply> {
    const { credential, integration } = prepared;
    const { name, owner = '' } = credential;
    const { credentials, integrations } = await this.options.deployment();
    // The page may have been open through several logins, and the owner may be another one now.
    if (!isDeclared(credential, credentials) || !isDeclared(integration, integrations)) {
      const text = 'The declaration was changed after this page was shown. Nothing was stored. See the new request.';
      return this.#refusal('The request has changed', text, 200, name);
    }
    if (this.options.signal.aborted) {
      // The tokens of all people are revoked now, and Webex takes the code once.
      return this.#refusal('Not possible now', 'This site ends at the moment. Nothing was stored.', 503, name);
    }
    try {
      // The person may have logged in again since the page was shown.
      const grant = await finishPkce({ ...prepared, vault: session.vault }, code, codeVerifier);
      this.options.onNotice(`${session.person} has stored the grant of "${name}"`);
      grant.warnings.forEach((warning) => this.options.onNotice(`warning: ${warning}`));
      return { status: 200, document: storedPage(grant, { credential: name, owner }, this.options.base.pathname) };
    } catch (error) {
      return this.#failure(credential, error);
    }
  }

  #failure({ name, owner = '' }: Credential, error: unknown): SiteReply {
    if (!(error instanceof ExplainedError)) {
      throw error;
    }
    this.options.onNotice(`no grant for "${name}": ${describeError(error)}`);
    const { title, text, mayRetry } = attemptFailure(error, { owner, requester: 'a platform engineer' });
    return this.#refusal(title, text, 200, mayRetry ? name : undefined);
  }

  #refusal(title: string, text: string, status = 200, retry?: string): SiteReply {
    const { pathname } = this.options.base;
    const retryHref = retry && `${pathname}${requestPath(retry)}`;
    return { status, document: outcomePage({ tone: 'bad', title, text, retryHref, listHref: pathname }) };
  }
}

function isDeclared(shown: Credential | Integration, declared: readonly (Credential | Integration)[]): boolean {
  return isDeepStrictEqual(
    declared.find(({ name }) => name === shown.name),
    shown,
  );
}
