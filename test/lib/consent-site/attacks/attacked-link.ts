import { randomBytes } from 'node:crypto';
import { ConsentLink } from '../../../../lib/consent-site/link/consent-link';
import { consentRefused } from '../../../../lib/grants/consent/consent-refused';
import { statusesIn } from '../../../fixtures/loopback/wire-caller';
import { type AttackedRequest, get, HOST, LENGTH } from '../../../fixtures/wire-attacks/attacked-request';
import { AttackedSite, BASE } from './attacked-site';

/** Placeholders in the bytes of an attack: the path of the link, and the secrets of two browsers that opened it. */
export const LINK = '<link>';
export const COOKIE = '<cookie>';
export const STATE = '<state>';
export const OTHER_COOKIE = '<other-cookie>';
export const OTHER_STATE = '<other-state>';

/** Path of the redirect. */
export const REDIRECT = `${BASE.pathname}callback`;

/** A path that takes POST. The link itself has none. */
export const FORM = `${BASE.pathname}form`;

/** Requests that the site takes. The hidden one is the page of the link. */
export const TAKEN: AttackedRequest = {
  headers: [],
  path: LINK,
  postPath: FORM,
  hidden: `GET ${LINK} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`,
};

/** Cookie and state of a browser that opened the link. */
export interface LinkVisitor {
  /** Header `Cookie`. */
  readonly cookie: string;
  readonly state: string;
}

export const NOTHING = 'nothing';

/** A link whose every success is recorded. */
export class AttackedLink implements AsyncDisposable {
  /** Codes that were exchanged. */
  readonly exchanged: string[] = [];
  /** Bodies of forms that arrived. */
  readonly posted: string[] = [];
  /** Failures of attempts, as the operator sees them. */
  readonly failures: string[] = [];
  /** Stands on the page of the link alone. */
  readonly mark = `C${randomBytes(24).toString('hex')}`;
  readonly link: ConsentLink;
  site!: AttackedSite;

  private constructor() {
    this.link = new ConsentLink({
      base: BASE,
      redirectPath: 'callback',
      request: {
        requester: 'Ada <script>alert(1)</script>',
        credential: 'reports',
        integration: 'webex-reports',
        clientId: this.mark,
        scopes: [{ name: 'spark:people_read' }],
        owner: 'owner@example.com',
        until: new Date(Date.now() + 3_600_000),
        replaces: false,
      },
      urlFor: ({ state }) => `https://webexapis.com/v1/authorize?state=${state}&code_challenge=c`,
      explain: (error, said) => consentRefused({ integration: 'webex-reports', scopes: [] }, error, said),
      finish: (code) => {
        this.exchanged.push(code);
        return Promise.resolve({ credential: 'reports', requestedScopes: [], warnings: [] });
      },
      onFailure: (error) => this.failures.push(String(error)),
    });
  }

  static async start(patienceMs?: number): Promise<AttackedLink> {
    const attacked = new AttackedLink();
    attacked.site = await AttackedSite.start({
      redirectPaths: ['callback'],
      posts: ['form'],
      patienceMs,
      answer: async (request) => {
        if (request.path === 'form') {
          attacked.posted.push(request.body.toString());
          return { status: 204 };
        }
        return attacked.link.answer(request);
      },
    });
    return attacked;
  }

  get path(): string {
    return this.link.url.pathname;
  }

  /** Opens the link in a new browser. */
  async visitor(): Promise<LinkVisitor> {
    const received = await this.site.get(this.path);
    const [, cookie = ''] = /set-cookie: (__Host-visitor=[^;]+);/i.exec(received) ?? [];
    const [, state = ''] = /[?&;]state=([\w-]+)/.exec(received) ?? [];
    if (cookie === '' || state === '' || !received.includes(this.mark)) {
      throw new Error(`the link shows no request: ${received}`);
    }
    return { cookie, state };
  }

  /** Replaces the placeholders, by two browsers that open the link now. */
  async bytes(request: string): Promise<string> {
    const [own, other] = [await this.visitor(), await this.visitor()];
    const filled = (text: string): string =>
      text
        .replaceAll(LINK, this.path)
        .replaceAll(COOKIE, own.cookie)
        .replaceAll(STATE, own.state)
        .replaceAll(OTHER_COOKIE, other.cookie)
        .replaceAll(OTHER_STATE, other.state);
    return filled(request).replaceAll(LENGTH, String(filled(TAKEN.hidden.replaceAll(HOST, BASE.host)).length));
  }

  /** Sends an attack, and the page of the link behind it. @returns its answers, and what got past the checks */
  async attack(request: string): Promise<{ answer: string; past: string; received: string }> {
    const received = await this.site.send((await this.bytes(request)) + (await this.bytes(get(TAKEN))));
    const past = [
      ...this.exchanged.splice(0).map(() => 'a code'),
      ...this.posted.splice(0).map(() => 'a form'),
      ...(received.includes(this.mark) ? ['the link'] : []),
    ];
    return { answer: statusesIn(received), past: past.join(', ') || NOTHING, received };
  }

  /** Consents as the person who got the link. Success proves that nothing before used it up. */
  async consent(): Promise<void> {
    const { cookie, state } = await this.visitor();
    const received = await this.site.get(`${REDIRECT}?code=the-code&state=${state}`, `Cookie: ${cookie}`);
    if (statusesIn(received) !== '200' || this.exchanged.join() !== 'the-code') {
      throw new Error(`the consent failed: ${received}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.site[Symbol.asyncDispose]();
  }
}
