import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { freePort } from '../../../lib/processes/free-port';
import { authorizedPage } from '../../../lib/grants/consent/consent';
import { expectedConsent } from '../../fixtures/results/expected-consent';
import { RedirectState, type ReceivedCode } from '../../../lib/browser/redirect';
import { RedirectListener } from '../../../lib/browser/redirect-listener';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const LOOPBACK = hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** One listener, one expected redirect. */
class Consent implements AsyncDisposable {
  readonly state = new RedirectState();
  readonly abort = new AbortController();
  readonly received: Promise<ReceivedCode>;

  private constructor(
    readonly listener: RedirectListener,
    readonly port: number,
  ) {
    this.received = listener.receive(expectedConsent(this.state), this.abort.signal);
    this.received.catch(() => undefined);
  }

  static async wait(): Promise<Consent> {
    const port = await freePort();
    return new Consent(await RedirectListener.bind(`http://localhost:${port}/auth`), port);
  }

  /** Requests a path as a browser does. `path` starts with the path of the redirect URL. */
  request(path: string, { method = 'GET', host = `localhost:${this.port}`, address = '127.0.0.1' } = {}) {
    return new Promise<Answer>((resolve, reject) => {
      const options = { host: address, port: this.port, path, method, headers: { host }, agent: false };
      const request = httpRequest(options, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      });
      request.on('error', reject).end();
    });
  }

  right(code = 'c0de'): string {
    return `/auth?code=${code}&state=${this.state.value}`;
  }

  /** Finishes the consent. Success proves that earlier requests did not end the wait. */
  async finish(): Promise<string> {
    const answer = this.request(this.right());
    const { code, show } = await this.received;
    await show(authorizedPage('testauth'));
    expect((await answer).status).toBe(200);
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.listener[Symbol.asyncDispose]();
  }
}

async function occupy(host: string, port = 0): Promise<Server> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  return server;
}

it('the listener hands over the code, and answers the browser once the outcome is known', async () => {
  await using consent = await Consent.wait();
  let answered = false;
  const answer = consent.request(consent.right()).finally(() => (answered = true));
  const { code, show } = await consent.received;
  expect(code).toBe('c0de');
  expect(answered).toBe(false);
  await show(authorizedPage('testauth'));
  expect((await answer).body).toContain('<h1>Authorized</h1>');
});

it('the listener answers with a page that forbids scripts, resources, caching and referrers', async () => {
  await using consent = await Consent.wait();
  const { headers } = await consent.request('/auth?code=x&state=wrong');
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers.connection).toBe('close');
});

it.each(LOOPBACK)('the listener listens on %s if the redirect URL names localhost', async (address) => {
  await using consent = await Consent.wait();
  expect((await consent.request('/elsewhere', { address })).status).toBe(404);
});

it('the listener listens only on loopback', async () => {
  await using consent = await Consent.wait();
  // The address is another loopback address of this machine. The listener does not listen there.
  await expect(consent.request('/auth', { address: '127.0.0.2' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it.each([
  ['a wrong state', '/auth?code=c&state=wrong', {}, 400],
  ['no state', '/auth?code=c', {}, 400],
  ['a denial with a wrong state', '/auth?error=access_denied&state=wrong', {}, 400],
  ['another path', '/auth/?code=c', {}, 404],
  ['a path that only begins alike', '/authx', {}, 404],
  ['the root', '/', {}, 404],
  ['POST', '/auth', { method: 'POST' }, 405],
  ['HEAD', '/auth', { method: 'HEAD' }, 405],
  ['another host', '/auth', { host: 'evil.example' }, 421],
  ['another port in the host', '/auth', { host: 'localhost:1' }, 421],
])('the listener answers %s with an error and continues to wait', async (_, path, options, status) => {
  await using consent = await Consent.wait();
  expect((await consent.request(path, options)).status).toBe(status);
  expect(await consent.finish()).toBe('c0de');
});

it('the listener accepts only the first of two quick redirects', async () => {
  await using consent = await Consent.wait();
  const answers = [consent.request(consent.right('one')), consent.request(consent.right('two'))];
  const { show } = await consent.received;
  const refused = await Promise.race(answers);
  expect(refused.status).toBe(400);
  await show(authorizedPage('testauth'));
  expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([200, 400]);
});

it('the listener refuses a replay after the outcome is shown', async () => {
  await using consent = await Consent.wait();
  await consent.finish();
  expect((await consent.request(consent.right())).status).toBe(400);
});

it('a denied consent ends the wait, and the browser shows the denial', async () => {
  await using consent = await Consent.wait();
  const { body } = await consent.request(`/auth?error=access_denied&state=${consent.state.value}`);
  expect(body).toContain('consent was denied at Webex');
  await expect(consent.received).rejects.toThrow(/consent was denied at Webex/);
});

it('an abort ends the wait with its reason', async () => {
  await using consent = await Consent.wait();
  consent.abort.abort(new Error('enough'));
  await expect(consent.received).rejects.toThrow('enough');
  expect((await consent.request(consent.right())).status).toBe(400);
});

it('the listener does not wait for a browser that disconnects before the outcome', async () => {
  await using consent = await Consent.wait();
  const socket = connect(consent.port, '127.0.0.1');
  socket.write(`GET ${consent.right()} HTTP/1.1\r\nHost: localhost:${consent.port}\r\n\r\n`);
  const { show } = await consent.received;
  socket.destroy();
  await show(authorizedPage('testauth'));
});

it('the listener drops idle connections and frees the port when it is closed', async () => {
  const consent = await Consent.wait();
  const idle = connect(consent.port, '127.0.0.1');
  await once(idle, 'connect');
  await consent[Symbol.asyncDispose]();
  await once(idle, 'close');
  const again = await RedirectListener.bind(`http://localhost:${consent.port}/auth`);
  await again[Symbol.asyncDispose]();
});

it.each(LOOPBACK)(
  'the error names the port that another program occupies on %s, and the listener closes every socket',
  async (host) => {
    const other = await occupy(host);
    const { port } = other.address() as AddressInfo;
    await expect(RedirectListener.bind(`http://localhost:${port}/auth`)).rejects.toThrow(
      new RegExp(`port ${port} on ${host}, .* is taken by another program`),
    );
    other.close();
    await once(other, 'close');
    const free = await RedirectListener.bind(`http://localhost:${port}/auth`);
    await free[Symbol.asyncDispose]();
  },
);
