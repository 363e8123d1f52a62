import fc from 'fast-check';
import http from 'node:http';
import { connect } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';
import { RedirectState } from '../../../lib/browser/redirect';
import { RedirectListener } from '../../../lib/browser/redirect-listener';
import { visit, withOutcome } from '../../../lib/browser/visit';
import { authorizedPage } from '../../../lib/grants/consent/consent';
import { freePort } from '../../../lib/processes/free-port';
import { expectedConsent } from '../../fixtures/results/expected-consent';
import { SOCKET } from '../../fixtures/loopback/memory-network';
import { property } from '../../fixtures/arbitrary/property';

/* The listener accepts only the expected code. Its answers to other requests contain no information. */

const STATE = 'the-state-that-only-we-know';
const CODE = 'the-code-that-we-asked-for';

/** Text that would be a tag without escapes. */
const MARK = '<mark-of-a-page onload="x">';

let port: number;
let listener: RedirectListener;
let servers: http.Server[];

beforeAll(async () => {
  const { createServer } = http;
  servers = [];
  const spy = jest.spyOn(http, 'createServer').mockImplementation(((options: http.ServerOptions) => {
    const server = createServer(options);
    servers.push(server);
    return server;
  }) as typeof createServer);
  port = await freePort();
  listener = await RedirectListener.bind(`http://localhost:${port}/auth`);
  spy.mockRestore();
});
afterAll(() => listener[Symbol.asyncDispose]());

/** Texts that a URL or a header carries; PORT is that of the listener. */
const text = fc.oneof(
  fc.constantFrom(
    '',
    MARK,
    encodeURIComponent(MARK),
    STATE.slice(1),
    `${STATE}x`,
    STATE.toUpperCase(),
    '%',
    '%ff',
    '+',
  ),
  fc.string({ unit: 'binary-ascii' }).map((each) => each.replace(/[^!-~]/g, '')),
  fc.string({ unit: 'grapheme' }),
  fc.nat({ max: 20_000 }).map((length) => 'x'.repeat(length)),
);

/** Queries of wrong redirects. None has the state exactly once with exactly one code or one error. */
const foreignQuery = fc.oneof(
  fc.constantFrom(
    `state=${STATE}`,
    `state=${STATE}&code=`,
    `state=${STATE}&state=${STATE}&code=theirs`,
    `state=theirs&state=${STATE}&code=theirs`,
    `state=${STATE}&code=theirs&code=theirs`,
    `state=${STATE}&code=theirs&error=access_denied`,
    `state[]=${STATE}&code=theirs`,
    `State=${STATE}&code=theirs`,
    `state=%20${STATE}&code=theirs`,
    `state=${STATE}%00&code=theirs`,
    `code=theirs&error_description=${encodeURIComponent(MARK)}`,
    'state=&code=theirs',
    'code=theirs',
  ),
  fc
    .array(fc.tuple(fc.oneof(fc.constantFrom('state', 'code', 'error', 'x'), text), text), { maxLength: 5 })
    .map((pairs) =>
      pairs
        .filter(([, value]) => value !== STATE)
        .map((pair) => pair.join('='))
        .join('&'),
    ),
);

const OURS = `state=${STATE}&code=theirs`;

interface Foreign {
  readonly method: string;
  readonly target: string;
  readonly hosts: readonly string[];
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

const HOST = 'localhost:PORT';

const anyHeaders = fc.array(
  fc.oneof(
    fc.constantFrom<readonly [string, string]>(
      ['Origin', 'http://evil.test'],
      ['Origin', 'null'],
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Expect', '100-continue'],
      ['Expect', 'anything'],
      ['Content-Length', '-1'],
      ['Content-Length', '99'],
      ['Transfer-Encoding', 'chunked'],
      ['Cookie', 'x=y'],
      ['X-Forwarded-Host', 'evil.test'],
    ),
    fc.tuple(fc.constant('X-Any'), text),
  ),
  { maxLength: 4 },
);

/** A request with one wrong part, and any other headers and body. */
const foreign: fc.Arbitrary<Foreign> = fc
  .tuple(
    fc.record({ headers: anyHeaders, body: fc.oneof(fc.constant(''), text) }),
    fc.oneof(
      foreignQuery.map((query) => ({ target: `/auth?${query}` })),
      fc
        .oneof(
          fc.constantFrom(
            '/auth/',
            '//auth',
            '/AUTH',
            '/%61uth',
            '/x/../auth',
            '/auth;',
            'auth',
            '*',
            'http://evil.test/auth',
          ),
          text.map((each) => `/${each}`),
        )
        .map((path) => ({ target: `${path}?${OURS}` })),
      fc
        .constantFrom('POST', 'HEAD', 'OPTIONS', 'PUT', 'CONNECT', 'TRACE', 'get', 'PRI', 'G\u0000T')
        .map((method) => ({ method, target: `/auth?${OURS}` })),
      fc
        .oneof(
          fc.constantFrom<string[]>(
            [],
            ['evil.test'],
            ['localhost'],
            [HOST, HOST],
            [HOST, 'evil.test'],
            ['127.0.0.1:PORT'],
            [`${HOST}.evil.test`],
            [`evil.test#${HOST}`],
            [`${HOST}@evil.test`],
            [''],
          ),
          text.map((each) => [each]),
        )
        .map((hosts) => ({ hosts, target: `/auth?${OURS}` })),
    ),
  )
  .map(([beside, wrong]) => ({ method: 'GET', hosts: [HOST], ...beside, ...wrong }));

interface Sent {
  readonly request: Foreign;
  /** Sends only this part of the request. */
  readonly cutAt?: number;
  /** Changes one byte. A request with our state is not changed, because the change could make it right. */
  readonly flipAt?: number;
}

const part = fc.option(fc.double({ min: 0, max: 0.99, noNaN: true }), { nil: undefined, freq: 5 });

const sent: fc.Arbitrary<Sent> = fc.record({ request: foreign, cutAt: part, flipAt: part });

function bytesOf({ request: { method, target, hosts, headers, body }, cutAt = 1, flipAt }: Sent): Buffer {
  const lines = [...hosts.map((host) => ['Host', host.replace('PORT', String(port))]), ...headers];
  const head = `${method} ${target} HTTP/1.1\r\n${lines.map((pair) => `${pair.join(': ')}\r\n`).join('')}\r\n`;
  const bytes = Buffer.from(head + body, 'utf8');
  const some = Buffer.from(bytes.subarray(0, Math.ceil(bytes.length * cutAt)));
  if (flipAt !== undefined && !head.includes(STATE)) {
    const at = Math.floor(flipAt * (some.length - 1));
    some[at] = (some[at] ?? 0) ^ 0x55;
  }
  return some;
}

function good(): Buffer {
  return Buffer.from(`GET /auth?code=${CODE}&state=${STATE} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
}

/** Sends bytes over a connection in memory. @returns a function that tells the answer so far */
function ask(bytes: Buffer): () => string {
  const [client, socket] = duplexPair();
  servers[0]?.emit('connection', Object.assign(socket, SOCKET));
  return talk(client, bytes);
}

function talk(client: Duplex, bytes: Buffer): () => string {
  let answer = '';
  client.setEncoding('utf8').on('data', (each: string) => (answer += each));
  client.on('error', () => undefined);
  client.write(bytes);
  return () => {
    client.destroy();
    return answer;
  };
}

function expectTellsNothing(answer: string): void {
  if (answer !== '') {
    expect(answer).toMatch(/^(?:HTTP\/1\.1 100 Continue\r\n\r\n)?(?:HTTP\/1\.1 4\d\d |$)/);
  }
  expect(answer).not.toContain('<mark-of-a-page');
  expect(answer).not.toMatch(/access-control-allow/i);
  for (const secret of [STATE, CODE, 'evil.test']) {
    expect(answer).not.toContain(secret);
  }
}

function consent() {
  return expectedConsent(new RedirectState(STATE));
}

property(
  'the listener takes the redirect among any other requests, and tells those nothing',
  fc.record({ before: fc.array(sent, { maxLength: 5 }), after: fc.array(sent, { maxLength: 3 }) }),
  async ({ before, after }) => {
    const received = listener.receive(consent(), new AbortController().signal);
    const early = before.map((each) => ask(bytesOf(each)));
    await turns(3);
    const ours = ask(good());
    const late = after.map((each) => ask(bytesOf(each)));
    const { code, show } = await received;
    expect(code).toBe(CODE);
    const again = ask(good());
    await turns(3);
    await show(authorizedPage('testauth'));
    await turns(3);
    expect(ours()).toMatch(/^HTTP\/1\.1 200 /);
    [again, ...early, ...late].forEach((each) => expectTellsNothing(each()));
  },
);

property(
  'the browser shows the words of an authorization server as text',
  fc.tuple(fc.oneof(fc.constantFrom('access_denied', MARK), text), fc.oneof(fc.constant(MARK), text)),
  async ([error, description]) => {
    const received = listener.receive(consent(), new AbortController().signal).catch((thrown: unknown) => thrown);
    const query = new URLSearchParams({ state: STATE, error: error || 'none', error_description: description });
    const answer = ask(Buffer.from(`GET /auth?${query} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`));
    const isTooLong = query.toString().length > 15_000;
    if (isTooLong) {
      ask(good());
    }
    const outcome = await received;
    await turns(3);
    const page = answer();
    if (!isTooLong) {
      expect(outcome).toMatchObject({ name: expect.stringMatching(/./) as string });
      expect(page).toMatch(/^HTTP\/1\.1 200 /);
    }
    expect(page).not.toContain('<mark-of-a-page');
  },
);

property(
  'the listener takes the redirect over many slow connections, and a missing redirect is too late',
  fc.record({ others: fc.array(sent, { maxLength: 60 }), comes: fc.boolean() }),
  async ({ others, comes }) => {
    const tooLate = new Error('too late');
    const answers: (() => string)[] = [];
    const outcome = visit({
      channel: listener,
      expected: consent(),
      show: () => {
        others.forEach((each) => answers.push(talk(connect(port, '127.0.0.1'), bytesOf(each))));
        if (comes) {
          answers.unshift(talk(connect(port, '127.0.0.1'), good()));
        }
      },
      timeoutSeconds: comes ? 3600 : 0.05,
      tooLate: () => tooLate,
      signal: new AbortController().signal,
    });
    if (comes) {
      await expect(withOutcome(await outcome, authorizedPage('testauth'), () => Promise.resolve('done'))).resolves.toBe(
        'done',
      );
      expect((await outcome).code).toBe(CODE);
      answers.shift()?.();
    } else {
      await expect(outcome).rejects.toBe(tooLate);
    }
    answers.forEach((each) => expectTellsNothing(each()));
  },
  { costs: 20 },
);

/** Waits for turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
