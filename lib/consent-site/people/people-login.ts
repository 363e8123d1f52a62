import { describeError, ExplainedError, NotPermitted, oneLine, transient } from '#core';
import { readRedirect } from '../../browser/redirect';
import { SiteCookie } from '../../browser/site/site-cookie';
import type { SiteReply } from '../../browser/site/site-reply';
import type { SiteRequest } from '../../browser/site/site-request';
import { consentSites } from '../../declaration/derived/consent-site';
import { oidcRoles } from '../../declaration/derived/oidc-method';
import type { Deployment } from '../../declaration/schema/deployment';
import { OidcAttempt } from '../../operators/oidc-attempt';
import type { OidcPlace } from '../../operators/oidc-place';
import { graceSignal } from '../../vault/grace-signal';
import { displayNameReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';
import { loginPage } from '../pages/login-page';
import { outcomePage } from '../pages/outcome-page';
import { LoginLimit } from './login-limit';
import type { PeopleSiteOptions } from './people-site-options';
import type { Session, Visitor } from './visitor';
import { Visitors } from './visitors';

const COOKIE = 'person';

/**
 * Logins of people on the site. The token of a person is in memory only. It is revoked when the person logs out, or the site
 * ends.
 */
export class PeopleLogin {
  readonly #limit = new LoginLimit();
  readonly #visitors = new Visitors((visitor) => void revoke(visitor.session));

  constructor(private readonly options: PeopleSiteOptions) {}

  /** The browser of a request. @returns undefined if it is unknown */
  visitorOf(request: SiteRequest): Visitor | undefined {
    return this.#visitors.find(request.cookie(COOKIE));
  }

  /** The page for a browser without a login. */
  async page(): Promise<SiteReply> {
    const { operators } = await this.options.deployment();
    const provider = operators?.oidc === undefined ? '' : new URL(operators.oidc.issuer).host;
    return { status: 200, document: loginPage({ href: this.#href, provider }) };
  }

  /** Sends a browser to the identity provider. */
  async begin(request: SiteRequest): Promise<SiteReply> {
    const pause = this.#limit.take();
    if (pause !== undefined) {
      return {
        ...this.#refusal(429, `Too many people log in at the moment. Try again in ${pause} seconds.`),
        retryAfterSeconds: pause,
      };
    }
    const place = authorizerPlace(await this.options.deployment(), this.options.base);
    if (place === undefined) {
      return this.#refusal(503, 'This site has no login any more, because its declaration was changed.');
    }
    try {
      const attempt = await OidcAttempt.begin(this.options.vault.endedBy(this.options.signal), place);
      const visitor = this.visitorOf(request) ?? this.#visitors.add();
      visitor.login = { attempt, begunAt: new Date() };
      return { status: 303, location: attempt.url, cookies: [cookieOf(visitor)] };
    } catch (error) {
      return this.#failure(error);
    }
  }

  /**
   * Takes the redirect of the identity provider.
   *
   * @param onLogin answers a browser whose person has logged in
   */
  async finish(request: SiteRequest, onLogin: (visitor: Visitor) => Promise<SiteReply>): Promise<SiteReply> {
    const before = this.visitorOf(request);
    if (before?.login === undefined) {
      return this.#refusal(400, 'This login was begun in another browser, or too long ago. Log in again.');
    }
    const { attempt } = before.login;
    const redirect = readRedirect(request.query, attempt.expected);
    if (redirect.kind === 'ignored') {
      return this.#refusal(400, 'This address answers another login. Log in again.');
    }
    before.login = undefined;
    try {
      if (redirect.kind === 'refused') {
        throw redirect.error;
      }
      const session = await this.#session(attempt, redirect.code);
      void revoke(before.session);
      const visitor = this.#visitors.rename(before);
      visitor.session = session;
      this.options.onNotice(`${session.person} has logged in`);
      const reply = await onLogin(visitor);
      return { ...reply, cookies: [...(reply.cookies ?? []), cookieOf(visitor)] };
    } catch (error) {
      return this.#failure(error);
    }
  }

  /** Ends a login. @returns the page about it */
  async end(visitor: Visitor): Promise<SiteReply> {
    const { session } = visitor;
    this.#visitors.delete(visitor);
    const isRevoked = await revoke(session);
    const text =
      isRevoked || session === undefined
        ? 'You have logged out.'
        : `You have logged out here. Vault did not answer, so the login itself expires at ${session.expireTime.toISOString()}.`;
    return {
      status: 200,
      cookies: [SiteCookie.deletion(COOKIE)],
      document: outcomePage({ tone: 'good', title: 'Logged out', text }),
    };
  }

  /** Revokes the tokens of all people. */
  async endAll(): Promise<void> {
    await Promise.all(this.#visitors.all.map(({ session }) => revoke(session)));
  }

  async #session(attempt: Pick<OidcAttempt, 'finish'>, code: string): Promise<Session> {
    const { vault, signal } = this.options;
    // Not aborted at once, because the token of an answer that is dropped could not be revoked.
    const { token, expireTime } = await attempt.finish(vault.endedBy(graceSignal(signal)), code);
    const own = vault.withToken(token);
    const session = { vault: own, expireTime, person: await personOf(own.endedBy(signal)).catch(() => 'somebody') };
    if (signal.aborted) {
      await revoke(session);
      signal.throwIfAborted();
    }
    return session;
  }

  /** Nobody has logged in yet, so the page has only the words of a refusal. The reason of a failure is for the operator. */
  #failure(error: unknown): SiteReply {
    if (!(error instanceof ExplainedError)) {
      throw error;
    }
    if (error instanceof NotPermitted) {
      return this.#refusal(403, describeError(error));
    }
    this.options.onNotice(`a login failed: ${describeError(error)}`);
    return transient(error) === undefined
      ? this.#refusal(400, 'Log in again. If this page comes again, tell a platform engineer, who sees the reason.')
      : this.#refusal(503, 'A server did not answer. Try again in a minute.');
  }

  #refusal(status: number, text: string): SiteReply {
    const page = { tone: 'bad', title: 'Not logged in', text, retryHref: this.#href } as const;
    return { status, document: outcomePage(page) };
  }

  get #href(): string {
    return `${this.options.base.pathname}login`;
  }
}

/** @returns undefined if the declaration has no such login on this site */
export function authorizerPlace(deployment: Deployment, base: URL): OidcPlace | undefined {
  const { oidc } = deployment.operators ?? {};
  const role = oidcRoles(deployment).find(({ operator }) => operator === 'authorizer');
  const site = consentSites(deployment).find((each) => each.base.href === base.href);
  return oidc === undefined || role === undefined || site === undefined
    ? undefined
    : { oidc, role, redirectUrl: site.oidcCallback.href, again: 'log in again' };
}

/** Characters that change the direction of writing, so that a name could look like another one. */
const DIRECTIONS = /\p{Bidi_Control}/gu;

/**
 * The person's name in Vault's audit log, without the path of the auth method that begins it. The identity provider may let
 * people choose it, so it is made safe to print.
 */
async function personOf(vault: VaultClient): Promise<string> {
  const { display_name: name, path } = (await vault.read('auth/token/lookup-self', displayNameReply)).data;
  const method = /^auth\/(.+)\/oidc\/callback$/.exec(path)?.[1] ?? '';
  const prefix = `${method.replaceAll('/', '-')}-`;
  return oneLine((name.startsWith(prefix) ? name.slice(prefix.length) : name).replace(DIRECTIONS, ''));
}

/** @returns whether Vault has revoked the token */
async function revoke(session: Session | undefined): Promise<boolean> {
  return session === undefined
    ? false
    : session.vault.connection.revokeToken().then(
        () => true,
        () => false,
      );
}

function cookieOf({ key }: Visitor): SiteCookie {
  return new SiteCookie(COOKIE, key);
}
