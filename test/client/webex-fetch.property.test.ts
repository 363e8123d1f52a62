import fc from 'fast-check';
import { CredentialReading } from '../../core/src/vault/credential';
import { WebexFetch } from '../../client/src/webex-fetch';
import { ExplainedError } from '../../core/src/explained-error';
import { WebexResponseError, WebexUnreachableError } from '../../core/src/webex-errors';
import { anyUrl, inOrder } from '../fixtures/arbitrary/any-reply';
import { MemoryNetwork } from '../fixtures/loopback/memory-network';
import { property } from '../fixtures/arbitrary/property';
import { expectHidden } from '../fixtures/results/shown';
import { outcomeOf, useVirtualTime } from '../fixtures/clocks/virtual-time';
import { webexReply } from '../fixtures/arbitrary/webex-replies';

/* Any replies in place of Webex's: the token goes to Webex only, and no error shows it. */

const ORIGIN = 'http://127.0.0.1:9';
const ACCESS_TOKEN = 'the-access-token';
const TIMEOUT_MS = 10_000;

/** Four attempts, and four more with another token. Each waits for a head and the parts of a body. */
const MOST_REQUESTS = 8;

const links = anyUrl.map((url) => `<${url}>; rel="next"`);
const replies = fc.record({
  answers: fc.array(webexReply([{ items: [] }, 'text'], fc.oneof(anyUrl, links)), { minLength: 1, maxLength: 4 }),
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
});

function webex(): WebexFetch {
  const reading = new CredentialReading({ data: { server: 'x', access_token: ACCESS_TOKEN, type: 'Bearer' } });
  return new WebexFetch({
    tokens: { token: () => Promise.resolve(reading), reject: () => undefined },
    origins: [ORIGIN],
    timeoutMs: TIMEOUT_MS,
    retry: { random: () => 0, wait: () => Promise.resolve() },
  });
}

useVirtualTime();

const anything = { '~standard': { validate: (value: unknown) => ({ value }) } };

type Given = typeof replies extends fc.Arbitrary<infer T> ? T : never;

async function exchange({ answers, method }: Given, ask: (webex: WebexFetch, method: string) => Promise<unknown>) {
  const reply = inOrder(answers);
  using network = new MemoryNetwork((asked) => reply().to(asked.text.includes(ACCESS_TOKEN) ? [ACCESS_TOKEN] : []));
  const outcome = await outcomeOf(() => ask(webex(), method));
  expect(network.elsewhere(ORIGIN)).toEqual([]);
  jest.clearAllTimers();
  return { ...outcome, requests: network.asked.length };
}

property('WebexFetch.json gives what Webex said, or a documented error without the token', replies, async (given) => {
  const { error, elapsedMs, requests } = await exchange(given, (fetch, method) =>
    fetch.json(`${ORIGIN}/v1/people/me`, anything, { method }),
  );
  if (error !== undefined) {
    expect([WebexResponseError, WebexUnreachableError, ExplainedError]).toContain((error as Error).constructor);
    expect((error as Error).message).not.toMatch(/[\r\n]/);
    expectHidden([ACCESS_TOKEN], error);
  }
  expect(requests).toBeLessThanOrEqual(MOST_REQUESTS);
  expect(elapsedMs).toBeLessThanOrEqual(MOST_REQUESTS * (TIMEOUT_MS * 7));
});

property('WebexFetch.pages ends, goes to Webex alone, and its bodies end', replies, async (given) => {
  const { error } = await exchange(given, async (fetch) => {
    const statuses: number[] = [];
    for await (const page of fetch.pages(`${ORIGIN}/v1/rooms`)) {
      statuses.push(page.status);
      await page.text().catch(() => undefined);
      if (statuses.length === 10) {
        break;
      }
    }
    return statuses;
  });
  if (error !== undefined) {
    expect([WebexUnreachableError, ExplainedError]).toContain((error as Error).constructor);
    expectHidden([ACCESS_TOKEN], error);
  }
});
