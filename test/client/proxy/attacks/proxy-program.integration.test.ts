import { randomBytes } from 'node:crypto';
import { freePort } from '../../../../lib/processes/free-port';
import { call } from '../../../fixtures/loopback/caller';
import { WireCaller } from '../../../fixtures/loopback/wire-caller';
import { WireOrigin } from '../../../fixtures/loopback/wire-origin';
import { testUnless } from '../../../fixtures/runs/left-out';
import { get, post } from './attack';
import { HOST } from '../../../fixtures/wire-attacks/attacked-request';
import { KEY } from './attacked-proxy';
import { FRAMING } from './framing';
import { HEADERS } from './headers';
import { expectConstantMemory, NO_PEAK } from './large-body';
import { ProxyProgram, SECRET_ID } from './proxy-program';
import { TARGETS } from './targets';

/* The proxy as a process of its own: its memory, and all that it writes. */

const TOKEN = randomBytes(60).toString('base64url');
const QUERY = randomBytes(20).toString('hex');
const BODY = randomBytes(20).toString('hex');

it('no output has the token, the key, a query or a body, whatever a caller or the upstream sends', async () => {
  await using upstream = await WireOrigin.start(
    () => `HTTP/1.1 200 OK\r\nx-echo: ${TOKEN}\r\ncontent-length: ${TOKEN.length}\r\n\r\n${TOKEN}`,
  );
  const metrics = `127.0.0.1:${await freePort()}`;
  await using proxy = await ProxyProgram.start(upstream.address, TOKEN, '--metrics', metrics);
  const { script, origin, key } = proxy;
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
  script.child.kill('SIGTERM');
  const { stdout, stderr } = await script.result();
  expect(stdout.trim().split('\n').length).toBeGreaterThan(asked.length);
  for (const secret of [TOKEN, key, QUERY, BODY, SECRET_ID, 's.login']) {
    for (const output of [stdout, stderr, body]) {
      expect(output.includes(secret) && output.slice(output.indexOf(secret) - 200)).toBe(false);
    }
  }
});

testUnless(NO_PEAK)('a body of 256 MB each way passes in constant memory', () => expectConstantMemory(256));
