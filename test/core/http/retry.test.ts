import { retry, retryAfterMs, type RetryOptions } from '../../../core/src/http/retry';
import { outcomeOf, useVirtualTime } from '../../fixtures/clocks/virtual-time';

useVirtualTime();

class Passes extends Error {
  constructor(readonly retryAfterMs?: number) {
    super('this may pass');
  }
}

const DAY_MS = 24 * 3_600_000;

const passing = (error: unknown): Passes | undefined => (error instanceof Passes ? error : undefined);

/** Records each wait instead of waiting. */
function recorded(options: RetryOptions = {}): RetryOptions & { waits: number[] } {
  const waits: number[] = [];
  return { ...options, waits, wait: (delayMs) => Promise.resolve(void waits.push(delayMs)) };
}

function failing(times: number, error: Error): { attempt: () => Promise<string>; calls: () => number } {
  let calls = 0;
  return {
    attempt: () => (++calls > times ? Promise.resolve('done') : Promise.reject(error)),
    calls: () => calls,
  };
}

it('retry does not wait if the attempt succeeds at once', async () => {
  const options = recorded();
  await expect(retry(() => Promise.resolve('done'), passing, options)).resolves.toBe('done');
  expect(options.waits).toEqual([]);
});

it('retry repeats an attempt after a temporary error', async () => {
  const { attempt, calls } = failing(2, new Passes());
  await expect(retry(attempt, passing, recorded())).resolves.toBe('done');
  expect(calls()).toBe(3);
});

it('retry throws a permanent error at once', async () => {
  const { attempt, calls } = failing(1, new Error('no'));
  await expect(retry(attempt, passing, recorded())).rejects.toThrow('no');
  expect(calls()).toBe(1);
});

it('retry gives up after the given number of attempts, with the last error', async () => {
  const { attempt, calls } = failing(99, new Passes());
  await expect(retry(attempt, passing, recorded({ attempts: 5 }))).rejects.toBeInstanceOf(Passes);
  expect(calls()).toBe(5);
});

it('retry doubles the maximum wait up to a limit, and waits a random part of it', async () => {
  const longest = recorded({ attempts: 6, baseDelayMs: 100, maxDelayMs: 500, random: () => 0.9999 });
  const shortest = recorded({ attempts: 6, baseDelayMs: 100, maxDelayMs: 500, random: () => 0 });
  await retry(failing(5, new Passes()).attempt, passing, longest);
  await retry(failing(5, new Passes()).attempt, passing, shortest);
  expect(longest.waits).toEqual([99, 199, 399, 499, 499]);
  expect(shortest.waits).toEqual([0, 0, 0, 0, 0]);
});

it('retry waits at least as long as the server asks', async () => {
  const options = recorded({ baseDelayMs: 100, random: () => 0.5 });
  await retry(failing(1, new Passes(3000)).attempt, passing, options);
  expect(options.waits).toEqual([3050]);
});

it('retry does not wait if the server asks for more than the allowed time', async () => {
  const { attempt, calls } = failing(1, new Passes(90_000));
  await expect(retry(attempt, passing, recorded())).rejects.toBeInstanceOf(Passes);
  expect(calls()).toBe(1);
});

it("retry can wait longer than a timer's maximum", async () => {
  const abort = new AbortController();
  const { attempt, calls } = failing(9, new Passes(30 * DAY_MS));
  const running = () => retry(attempt, passing, { signal: abort.signal, maxRetryAfterMs: Infinity });
  setTimeout(() => abort.abort(), DAY_MS);
  const { error, elapsedMs } = await outcomeOf(running);
  expect([error, elapsedMs, calls()]).toEqual([abort.signal.reason, DAY_MS, 1]);
});

it('retry stops waiting if aborted', async () => {
  const abort = new AbortController();
  const running = retry(failing(9, new Passes(30_000)).attempt, passing, { signal: abort.signal });
  abort.abort();
  await expect(running).rejects.toHaveProperty('name', 'AbortError');
});

it.each([
  ['0', 0],
  ['7', 7000],
  [' 7 ', 7000],
  ['Thu, 01 Jan 1970 00:01:40 GMT', 40_000],
  ['Thu, 01 Jan 1970 00:00:40 GMT', 0],
  ['9'.repeat(400), 2 ** 31 - 1],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 2 ** 31 - 1],
  ['-7', undefined],
  ['7 soon', undefined],
  ['1970-01-01T00:01:40Z', undefined],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
])('retryAfterMs reads %p as %p', (header, expected) => {
  expect(retryAfterMs(header, 60_000)).toBe(expected);
});
