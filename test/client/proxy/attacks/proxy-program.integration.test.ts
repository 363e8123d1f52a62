import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { freePort } from '../../../../lib/processes/free-port';
import { call } from '../../../fixtures/loopback/caller';
import { httpServer, LoopbackServer } from '../../../fixtures/loopback/loopback-server';
import { credentialAnswer, ScriptedVault } from '../../../fixtures/loopback/scripted-vault';
import { WireCaller } from '../../../fixtures/loopback/wire-caller';
import { WireOrigin } from '../../../fixtures/loopback/wire-origin';
import { Script } from '../../../fixtures/programs/script';
import { testUnless } from '../../../fixtures/runs/left-out';
import { get, post } from './attack';
import { HOST } from '../../../fixtures/wire-attacks/attacked-request';
import { KEY } from './attacked-proxy';
import { FRAMING } from './framing';
import { HEADERS } from './headers';
import { TARGETS } from './targets';

/* The proxy as a process of its own: its memory, and all that it writes. */

const TOKEN = randomBytes(60).toString('base64url');
const QUERY = randomBytes(20).toString('hex');
const BODY = randomBytes(20).toString('hex');
const SECRET_ID = 'a-secret-id-of-this-test';

let vault: ScriptedVault;
let script: Script | undefined;

beforeAll(async () => {
  vault = await ScriptedVault.start();
  vault.answer('oauthapp/creds/testauth', credentialAnswer(TOKEN));
});
afterEach(() => script?.child.kill('SIGKILL'));
afterAll(() => vault[Symbol.asyncDispose]());

async function serving(upstream: string, ...options: string[]) {
  const env = { VAULT_ADDR: vault.address, VAULT_ROLE_ID: 'a-role', VAULT_SECRET_ID: SECRET_ID };
  const place = ['--listen', '127.0.0.1:0', '--upstream', upstream];
  script = new Script('webex-token', ['proxy', 'testauth', ...place, ...options], env);
  const [, origin = '', keyFile = ''] = await script.says(/is served at (\S+), with the key in (\S+)\n/);
  return { script, origin, key: readFileSync(keyFile, 'utf8').trim() };
}

it('no output has the token, the key, a query or a body, whatever a caller or the upstream sends', async () => {
  await using upstream = await WireOrigin.start(
    () => `HTTP/1.1 200 OK\r\nx-echo: ${TOKEN}\r\ncontent-length: ${TOKEN.length}\r\n\r\n${TOKEN}`,
  );
  const metrics = `127.0.0.1:${await freePort()}`;
  const { script: proxy, origin, key } = await serving(upstream.address, '--metrics', metrics);
  const host = origin.slice('http://'.length);
  const bytes = (text: string): string => text.replaceAll(HOST, host).replaceAll(KEY, key);
  const asked = [
    get(`/v1/people/${KEY}?q=${QUERY}`),
    get(`/v1/people/..?q=${QUERY}`),
    get(`http://${QUERY}@evil.example/?q=${QUERY}`),
    post([`Content-Length: ${BODY.length}`, `X-Secret: ${BODY}`], BODY),
    post(['Transfer-Encoding: chunked'], `${BODY}\r\n`),
    `${KEY} /v1/people/me HTTP/1.1\r\n\r\n`,
    ...[...FRAMING, ...TARGETS, ...HEADERS].map((attack) => attack.request),
  ];
  const closing = bytes(get('/v1/people/me').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  const port = Number(host.split(':')[1]);
  for (const text of asked) {
    await WireCaller.exchange(port, bytes(text) + closing);
  }
  const { body } = await call(`http://${metrics}/metrics`);
  proxy.child.kill('SIGTERM');
  const { stdout, stderr } = await proxy.result();
  expect(stdout.trim().split('\n').length).toBeGreaterThan(asked.length);
  for (const secret of [TOKEN, key, QUERY, BODY, SECRET_ID, 's.login']) {
    for (const output of [stdout, stderr, body]) {
      expect(output.includes(secret) && output.slice(output.indexOf(secret) - 200)).toBe(false);
    }
  }
});

/** Sends each body back as it comes. */
class EchoingServer extends LoopbackServer {
  static start(): Promise<EchoingServer> {
    const server = new EchoingServer(httpServer());
    server.server.on('request', (asked: IncomingMessage, response: ServerResponse) => {
      response.writeHead(200, { 'content-length': asked.headers['content-length'] });
      asked.pipe(response);
    });
    return server.listen();
  }
}

const STATUS = '/proc/self/status';
const peakMiB = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(STATUS.replace('self', String(pid)), 'utf8'))?.[1]) / 1024;

testUnless(existsSync(STATUS) ? undefined : 'the peak of a memory is in /proc only')(
  'a body of 2 GB each way passes in constant memory',
  async () => {
    await using upstream = await EchoingServer.start();
    const { script: proxy, origin, key } = await serving(upstream.address);
    const headers = { authorization: `Bearer ${key}` };
    const part = Buffer.alloc(2 ** 20, 'x');
    const exchange = async (parts: number): Promise<number> => {
      const length = parts * part.length;
      const sent = request(`${origin}/v1/contents`, {
        method: 'POST',
        headers: { ...headers, 'content-length': length },
      });
      Readable.from(Array.from({ length: parts }, () => part)).pipe(sent);
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      let received = 0;
      answer.on('data', (bytes: Buffer) => (received += bytes.length));
      await once(answer, 'end');
      return received;
    };
    // The first body also pays for compiled code, and for buffers that are used again.
    await exchange(64);
    const before = peakMiB(proxy.child.pid ?? 0);
    expect(await exchange(2048)).toBe(2 ** 31);
    expect(peakMiB(proxy.child.pid ?? 0) - before).toBeLessThan(128);
  },
);
