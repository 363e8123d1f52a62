import { z } from 'zod';
import { CredentialReading } from '../../core/src/vault/credential';
import { WebexFetch, type WebexFetchOptions } from '../../client/src/webex-fetch';
import { WebexResponseError, WebexUnreachableError } from '../../core/src/webex-errors';
import { eventually } from '../../rehearsal/eventually';
import { disposedAfterEach } from '../fixtures/runs/disposal';
import { RecordingServer, scriptedWebex, type WebexAnswer } from '../fixtures/loopback/recording-server';

const keep = disposedAfterEach();

async function scripted(...answers: WebexAnswer[]): Promise<RecordingServer> {
  return keep(await scriptedWebex(...answers));
}

/** A source of token-1, token-2 and so on. The next token follows each rejection. */
function countingTokens(): WebexFetchOptions['tokens'] & { rejected: string[] } {
  const rejected: string[] = [];
  const reading = (): CredentialReading =>
    new CredentialReading({
      data: { server: 'webex-myapp', access_token: `token-${rejected.length + 1}`, type: 'Bearer' },
    });
  return { rejected, token: () => Promise.resolve(reading()), reject: (refused) => rejected.push(refused.accessToken) };
}

function client(webex: RecordingServer, options: Partial<WebexFetchOptions> = {}) {
  const waits: number[] = [];
  const tokens = countingTokens();
  const wait = (delayMs: number): Promise<void> => Promise.resolve(void waits.push(delayMs));
  const fetcher = new WebexFetch({ tokens, origins: [webex.address], retry: { wait, random: () => 0 }, ...options });
  return { fetcher, waits, rejected: tokens.rejected };
}

it("the fetcher adds the token to the caller's request", async () => {
  const webex = await scripted({ body: { ok: true } });
  const { fetcher } = client(webex);
  await fetcher.fetch(`${webex.address}/v1/messages`, {
    method: 'POST',
    body: 'hello',
    headers: { Authorization: 'x' },
  });
  const sent = { method: 'POST', url: '/v1/messages', body: 'hello', headers: { authorization: 'Bearer token-1' } };
  expect(webex.requests).toMatchObject([sent]);
});

it('the fetcher sends nothing to an origin that is not allowed', async () => {
  const [webex, other] = [await scripted(), await scripted()];
  const { fetcher } = client(webex);
  await expect(fetcher.fetch(`${other.address}/v1/people/me`)).rejects.toThrow(/access token is not for http:/);
  expect(other.requests).toEqual([]);
});

it('the fetcher follows no redirect', async () => {
  const other = await scripted();
  const webex = await scripted({ status: 302, headers: { Location: `${other.address}/` } });
  await expect(client(webex).fetcher.fetch(`${webex.address}/v1/people/me`)).rejects.toBeInstanceOf(
    WebexUnreachableError,
  );
  expect(other.requests).toEqual([]);
  expect(webex.requests).toHaveLength(1);
});

it('the fetcher refuses to send the token unencrypted over a network', () => {
  const tokens = countingTokens();
  expect(() => new WebexFetch({ tokens, origins: ['http://webexapis.com'] })).toThrow(/in clear.*use https/);
  expect(() => new WebexFetch({ tokens, origins: ['http://[::1]:1', 'https://webexapis.com/v1'] })).not.toThrow();
});

it('the fetcher retries once after a 401, with a new token', async () => {
  const webex = await scripted({ status: 401 }, { body: { ok: true } });
  const { fetcher, rejected } = client(webex);
  expect((await fetcher.fetch(`${webex.address}/`)).status).toBe(200);
  expect(rejected).toEqual(['token-1']);
  expect(webex.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
});

it('the fetcher gives up at the second 401', async () => {
  const webex = await scripted({ status: 401 });
  expect((await client(webex).fetcher.fetch(`${webex.address}/`)).status).toBe(401);
  expect(webex.requests).toHaveLength(2);
});

it('the fetcher waits as Retry-After asks, for every method', async () => {
  const webex = await scripted({ status: 429, headers: { 'Retry-After': '3' } }, { status: 201 });
  const { fetcher, waits } = client(webex);
  expect((await fetcher.fetch(`${webex.address}/`, { method: 'POST', body: 'x' })).status).toBe(201);
  expect(waits).toEqual([3000]);
  expect(webex.requests.map(({ body }) => body)).toEqual(['x', 'x']);
});

it('the fetcher retries during an outage, and returns the last answer if it persists', async () => {
  const webex = await scripted({ status: 502 });
  expect((await client(webex).fetcher.fetch(`${webex.address}/`)).status).toBe(502);
  expect(webex.requests).toHaveLength(4);
});

it('the fetcher retries a lost connection', async () => {
  const webex = await scripted({ status: 0 }, { status: 0 }, { body: { ok: true } });
  expect((await client(webex).fetcher.fetch(`${webex.address}/`)).status).toBe(200);
});

it.each([[{ status: 500 }], [{ status: 0 }]])(
  'the fetcher does not repeat a POST that may have worked: %p',
  async (answer) => {
    const webex = await scripted(answer, { status: 201 });
    const sent = client(webex).fetcher.fetch(`${webex.address}/`, { method: 'POST', body: 'x' });
    await sent.catch((error: unknown) => expect(error).toBeInstanceOf(WebexUnreachableError));
    expect(webex.requests).toHaveLength(1);
  },
);

it('the fetcher stops if its caller aborts', async () => {
  const webex = await scripted({ status: 429, headers: { 'Retry-After': '30' } });
  const abort = new AbortController();
  const { fetcher } = client(webex, { retry: {} });
  const running = fetcher.fetch(`${webex.address}/`, { signal: abort.signal });
  await eventually(() => webex.requests.length > 0 || undefined);
  abort.abort(new Error('enough'));
  await expect(running).rejects.toThrow(/enough|aborted/);
});

it('the fetcher yields all pages that the Link headers name', async () => {
  const webex = await scripted(
    { headers: { Link: '</v1/people?cursor=b>; rel="next"' }, body: { items: [1] } },
    { headers: { Link: '</v1/people?cursor=c>; rel="next"' }, body: { items: [2] } },
    { headers: { Link: '<https://evil.example/>; rel="next"' }, body: { items: [3] } },
  );
  const items: unknown[] = [];
  for await (const page of client(webex).fetcher.pages(`${webex.address}/v1/people`)) {
    items.push(await page.json());
  }
  expect(items).toEqual([{ items: [1] }, { items: [2] }, { items: [3] }]);
  expect(webex.requests.map(({ url }) => url)).toEqual(['/v1/people', '/v1/people?cursor=b', '/v1/people?cursor=c']);
});

it('the fetcher stops at pages that name each other', async () => {
  const webex = await scripted({ headers: { Link: '</a>; rel="next"' } });
  const pages: number[] = [];
  for await (const page of client(webex).fetcher.pages(`${webex.address}/a`)) {
    pages.push(page.status);
  }
  expect(pages).toEqual([200]);
});

const reply = z.object({ name: z.string() });

it('json() parses the answer', async () => {
  const webex = await scripted({ body: { name: 'Ada', more: 1 } });
  await expect(client(webex).fetcher.json(`${webex.address}/`, reply)).resolves.toEqual({ name: 'Ada' });
});

it("json() reports Webex's message without the token", async () => {
  const webex = await scripted({ status: 403, body: { message: 'token-1 may not.', trackingId: 'ROUTER_1' } });
  const error: unknown = await client(webex)
    .fetcher.json(`${webex.address}/v1/x`, reply)
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(WebexResponseError);
  expect(error).toMatchObject({ statusCode: 403, said: '[hidden] may not', trackingId: 'ROUTER_1' });
});

it('json() rejects an answer of an unexpected shape', async () => {
  const webex = await scripted({ body: { nome: 'Ada' } });
  await expect(client(webex).fetcher.json(`${webex.address}/`, reply)).rejects.toBeInstanceOf(WebexUnreachableError);
});
