import { ExplainedError, TemporarilyUnavailable } from '#core';
import type { SiteReply } from '../../../../lib/browser/site/site-reply';
import type { SiteRequest } from '../../../../lib/browser/site/site-request';
import { ConsentLink, type ConsentLinkOptions } from '../../../../lib/consent-site/link/consent-link';
import { GrantKept } from '../../../../lib/grants/consent/account';
import type { Grant } from '../../../../lib/grants/consent/grant';

/*
 * The life of a link, without a server. test/scripts/authorize-link.integration.test.ts has the whole command.
 */

const GRANT: Grant = { credential: 'testauth', requestedScopes: ['spark:people_read'], warnings: [] };
const HOUR_MS = 3_600_000;
const late = () => new ExplainedError('too late');
const never = new AbortController().signal;

/** A visit: the cookie of a browser, and the state that its page leads to Webex with. */
interface Visit {
  readonly cookie?: string;
  readonly state: string;
}

class Visited {
  readonly failures: unknown[] = [];
  readonly link: ConsentLink;

  constructor(finish: ConsentLinkOptions['finish'], lifeMs = HOUR_MS) {
    this.link = new ConsentLink({
      base: new URL('https://grants.example.com/vault/'),
      redirectPath: 'callback',
      request: {
        requester: 'Olga',
        credential: 'testauth',
        integration: 'webex-myapp',
        clientId: 'C0ffee',
        scopes: [],
        owner: 'ada@example.com',
        until: new Date(Date.now() + lifeMs),
        replaces: false,
      },
      urlFor: ({ state }) => `https://webex.example/?state=${state}`,
      explain: (error) => new ExplainedError(error),
      finish,
      onFailure: (error) => this.failures.push(error),
    });
  }

  async get(path: string, cookie?: string): Promise<SiteReply | undefined> {
    const [name = '', query] = path.split('?');
    return this.link.answer({
      method: 'GET',
      path: name,
      query: new URLSearchParams(query),
      form: new URLSearchParams(),
      body: Buffer.alloc(0),
      cookie: (wanted) => (wanted === 'visitor' ? cookie : undefined),
      header: () => undefined,
    } satisfies SiteRequest);
  }

  get path(): string {
    return this.link.url.pathname.replace('/vault/', '');
  }

  /** Opens the link. @param known cookie of an earlier visit */
  async open(known?: string): Promise<Visit> {
    const reply = await this.get(this.path, known);
    const state = /state=([\w-]+)/.exec(reply?.document?.html ?? '')?.[1] ?? '';
    return { cookie: reply?.cookies?.[0]?.value ?? known, state };
  }

  async come({ cookie, state }: Visit): Promise<SiteReply | undefined> {
    return this.get(`callback?code=a-code&state=${state}`, cookie);
  }

  async consent(): Promise<SiteReply | undefined> {
    return this.come(await this.open());
  }
}

it('a visitor keeps the cookie and the state, and gets others after an attempt', async () => {
  const visited = new Visited(() => Promise.reject(new TemporarilyUnavailable('busy')));
  const first = await visited.open();
  expect(await visited.open(first.cookie)).toEqual(first);
  const next = (await visited.come(first))?.cookies?.[0]?.value;
  expect(next).toMatch(/^[\w-]{43}$/);
  expect((await visited.open(next)).state).not.toBe(first.state);
});

it('a cookie that is no visitor gets a new one', async () => {
  const visited = new Visited(() => Promise.resolve(GRANT));
  for (const cookie of ['', 'x', 'x'.repeat(44), `${'x'.repeat(42)}=`]) {
    expect((await visited.open(cookie)).cookie).toMatch(/^[\w-]{43}$/);
  }
});

it('the states and verifiers of two links differ for the same cookie', async () => {
  const finish = () => Promise.resolve(GRANT);
  const [one, other] = [new Visited(finish), new Visited(finish)];
  const visit = await one.open();
  expect((await other.open(visit.cookie)).state).not.toBe(visit.state);
  expect((await other.come(visit))?.status).toBe(400);
});

it('a failure that may pass leaves the link valid', async () => {
  const visited = new Visited(() => Promise.reject(new TemporarilyUnavailable('Webex is away')));
  const reply = await visited.consent();
  expect(reply?.status).toBe(200);
  expect(reply?.document?.html).toContain(visited.link.url.href);
  expect(visited.failures).toEqual([new TemporarilyUnavailable('Webex is away')]);
  expect((await visited.get(visited.path))?.status).toBe(200);
});

it.each([new GrantKept('stored, but not checked', new Error('x')), new ExplainedError('the credential is gone')])(
  'a failure that no person can mend ends the link: %s',
  async (error) => {
    const visited = new Visited(() => Promise.reject(error));
    const stored = visited.link.stored(never, late);
    const reply = await visited.consent();
    expect(reply?.document?.html).not.toContain(visited.link.url.href);
    await expect(stored).rejects.toBe(error);
    expect((await visited.get(visited.path))?.status).toBe(410);
  },
);

it('a hundred failed attempts end the link', async () => {
  const visited = new Visited(() => Promise.reject(new TemporarilyUnavailable('no')));
  const stored = visited.link.stored(never, late);
  for (let attempt = 1; attempt < 100; attempt++) {
    await visited.consent();
  }
  expect((await visited.get(visited.path))?.status).toBe(200);
  await visited.consent();
  await expect(stored).rejects.toThrow(
    /^100 attempts to consent by this link failed, .* the last one failed because no;/,
  );
  expect(visited.failures).toHaveLength(99);
});

it('an attempt that has begun is finished after the end of the time', async () => {
  let finish!: (grant: Grant) => void;
  const grant = new Promise<Grant>((resolve) => (finish = resolve));
  const visited = new Visited(() => grant);
  const visit = await visited.open();
  const interruption = new AbortController();
  const stored = visited.link.stored(interruption.signal, late);
  const reply = visited.come(visit);
  // The attempt begins in the queue of microtasks.
  await Promise.resolve();
  interruption.abort(new Error('interrupted'));
  expect((await visited.get(visited.path))?.status).toBe(410);
  finish(GRANT);
  expect((await reply)?.status).toBe(200);
  expect(await stored).toBe(GRANT);
});

it('an expired link and an interrupted one store nothing more', async () => {
  const visited = new Visited(() => Promise.resolve(GRANT), 0);
  const visit = await visited.open();
  await expect(visited.link.stored(never, late)).rejects.toThrow('too late');
  expect((await visited.come(visit))?.status).toBe(410);
  const interrupted = new Visited(() => Promise.resolve(GRANT));
  const signal = AbortSignal.abort(new Error('interrupted'));
  await expect(interrupted.link.stored(signal, late)).rejects.toThrow('interrupted');
  expect((await interrupted.get(interrupted.path))?.status).toBe(410);
});
