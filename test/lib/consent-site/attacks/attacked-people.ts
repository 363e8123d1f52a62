import { randomBytes } from 'node:crypto';
import { PeopleSite, PEOPLE_POSTS } from '../../../../lib/consent-site/people/people-site';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { RecordingServer } from '../../../fixtures/loopback/recording-server';
import { statusesIn } from '../../../fixtures/loopback/wire-caller';
import { AttackedSite, BASE } from './attacked-site';

/** Placeholders in the bytes of an attack: the secrets of a person who has logged in, and of one who has begun to. */
export const SESSION = '<session>';
export const LOGOUT_TOKEN = '<token>';
export const BEGUN = '<begun>';
export const BEGUN_STATE = '<begun-state>';
export const OTHER_SESSION = '<other-session>';

/** A browser that has begun a login. */
export interface BegunLogin {
  /** Header `Cookie`. */
  readonly cookie: string;
  readonly state: string;
}

const DEPLOYMENT = exampleDeployment({
  integrations: [{ name: 'here', clientId: 'C1', redirectUrl: new URL('callback', BASE).href }],
  credentials: [
    { name: 'reports', integration: 'here', scopes: ['spark:people_read'], owner: 'ada.admin@example.com' },
  ],
  apps: [],
  operators: { oidc: { issuer: 'https://id.example', clientId: 'vault', groups: { authorizer: ['webex-admins'] } } },
});

/** The site of the people, in front of a Vault that lets everybody in who has a code. */
export class AttackedPeople implements AsyncDisposable {
  private constructor(
    readonly vault: RecordingServer,
    readonly site: AttackedSite,
    private readonly people: PeopleSite,
  ) {}

  static async start(): Promise<AttackedPeople> {
    const vault = await RecordingServer.start(({ url }, response) => {
      response.setHeader('content-type', 'application/json');
      response.statusCode = /^\/v1\/auth\/(?:oidc|token)\//.test(url) ? 200 : 404;
      response.end(JSON.stringify(answerOf(url)));
    });
    const people = new PeopleSite({
      base: BASE,
      deployment: () => Promise.resolve(DEPLOYMENT),
      vault: new VaultClient({ address: vault.address }),
      clientSecret: () => Promise.resolve('a-secret'),
      onNotice: () => undefined,
      signal: new AbortController().signal,
    });
    const site = await AttackedSite.start({
      redirectPaths: ['callback', 'oidc/callback'],
      posts: PEOPLE_POSTS,
      answer: (request) => people.answer(request),
    });
    return new AttackedPeople(vault, site, people);
  }

  /** Requests to Vault since the last call, without the beginnings of logins. */
  takeAsked(): string[] {
    return this.vault.requests
      .splice(0)
      .map(({ method, url }) => `${method} ${url}`)
      .filter((asked) => !asked.includes('/oidc/auth_url'));
  }

  /** Begins a login in a new browser. */
  async begin(): Promise<BegunLogin> {
    const received = await this.site.get(`${BASE.pathname}login`);
    return { cookie: cookieIn(received), state: /state=([\w-]+)/.exec(received)?.[1] ?? '' };
  }

  /** Logs in with a new browser. @returns its cookie, and the token of the form by which it logs out */
  async logIn(): Promise<{ cookie: string; token: string }> {
    const { cookie: begun, state } = await this.begin();
    const back = await this.site.get(`${BASE.pathname}oidc/callback?code=c&state=${state}`, `Cookie: ${begun}`);
    const cookie = cookieIn(back);
    const list = await this.site.get(BASE.pathname, `Cookie: ${cookie}`);
    const token = /name="csrf" value="([^"]+)"/.exec(list)?.[1];
    if (token === undefined) {
      throw new Error(`the login failed: ${back}${list}`);
    }
    return { cookie, token };
  }

  /** Whether the session of a cookie works. */
  async isLoggedIn(cookie: string): Promise<boolean> {
    return (await this.site.get(BASE.pathname, `Cookie: ${cookie}`)).includes('name="csrf"');
  }

  /** Sends bytes with their placeholders replaced. @returns the answer, and the requests that Vault got meanwhile */
  async attack(request: string, secrets: Readonly<Record<string, string>>) {
    this.takeAsked();
    const bytes = Object.entries(secrets).reduce((text, [name, value]) => text.replaceAll(name, value), request);
    const received = await this.site.send(bytes);
    return { answer: statusesIn(received), asked: this.takeAsked(), received };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.people[Symbol.asyncDispose]();
    await this.site[Symbol.asyncDispose]();
    await this.vault[Symbol.asyncDispose]();
  }
}

/** The answers of Vault, in which each login has another state and token. */
function answerOf(url: string): object {
  const random = (): string => randomBytes(16).toString('hex');
  if (url.endsWith('/auth_url')) {
    return { data: { auth_url: `https://id.example/authorize?state=${random()}` } };
  }
  if (url.includes('/oidc/callback')) {
    return { auth: { client_token: `s.${random()}`, lease_duration: 1200 } };
  }
  return url.endsWith('/lookup-self')
    ? { data: { display_name: 'oidc-ada', path: 'auth/oidc/oidc/callback' } }
    : { errors: [] };
}

function cookieIn(received: string): string {
  return /set-cookie: (__Host-person=[^;]+);/i.exec(received)?.[1] ?? '';
}
