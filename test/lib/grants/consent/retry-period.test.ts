import { ExplainedError, TemporarilyUnavailable, VaultSealed } from '#core';
import { RetryPeriod } from '../../../../lib/grants/consent/retry-period';
import { useSleepClock } from '../../../fixtures/clocks/sleep-clock';

useSleepClock();

const MINUTE_MS = 60_000;

let lines: string[];
let stop: AbortController;
let tries: number;

beforeEach(() => {
  lines = [];
  stop = new AbortController();
  tries = 0;
});

function retryPeriod(): RetryPeriod {
  return new RetryPeriod((line) => lines.push(line), stop.signal);
}

/** An attempt that fails until a moment of the virtual clock. */
function failingFor(
  ms: number,
  error: Error = new TemporarilyUnavailable('Webex answered 503'),
): () => Promise<string> {
  const end = Date.now() + ms;
  return () => {
    tries++;
    return Date.now() < end ? Promise.reject(error) : Promise.resolve('kept');
  };
}

describe('retryPeriod', () => {
  it('the retry period lasts minutes for tokens that exist only in this process, and says so once', async () => {
    await expect(retryPeriod().long(failingFor(14 * MINUTE_MS))).resolves.toBe('kept');
    expect(lines).toEqual([
      'Webex answered 503. The new tokens exist only in this process, which tries again for up to 15 minutes; do not stop it',
    ]);
  });

  it('the retry period ends after 15 minutes, shared by all steps', async () => {
    const began = Date.now();
    const steps = retryPeriod();
    await steps.long(failingFor(10 * MINUTE_MS));
    await expect(steps.long(failingFor(10 * MINUTE_MS))).rejects.toThrow('Webex answered 503');
    expect(Date.now() - began).toBe(15 * MINUTE_MS);
    expect(lines).toHaveLength(1);
  });

  it('the retry period continues until somebody unseals Vault', async () => {
    const sealed = new VaultSealed('http://127.0.0.1:8200');
    await expect(retryPeriod().long(failingFor(5 * MINUTE_MS, sealed))).resolves.toBe('kept');
    expect(lines[0]).toMatch(/^Vault at \S+ is sealed; .*; do not stop it$/);
  });

  it('the retry period waits as long as the server asks', async () => {
    const busy = new TemporarilyUnavailable('Webex answered 429', 5 * MINUTE_MS);
    await expect(retryPeriod().long(failingFor(9 * MINUTE_MS, busy))).resolves.toBe('kept');
    expect(tries).toBe(3);
  });

  it('the retry period allows one more try after a signal', async () => {
    setTimeout(() => stop.abort(), 2 * MINUTE_MS);
    const began = Date.now();
    let before = 0;
    stop.signal.addEventListener('abort', () => (before = tries));
    await expect(retryPeriod().long(failingFor(14 * MINUTE_MS))).rejects.toThrow('Webex answered 503');
    expect(Date.now() - began).toBe(2 * MINUTE_MS);
    expect(tries).toBe(before + 1);
  });

  it('a permanent error ends the retry period at once', async () => {
    await expect(retryPeriod().long(failingFor(1, new ExplainedError('refused')))).rejects.toThrow('refused');
    expect([tries, lines]).toEqual([1, []]);
  });

  it('the brief retry period makes four tries within seconds for tokens that can be obtained again', async () => {
    const began = Date.now();
    await expect(retryPeriod().brief(failingFor(MINUTE_MS))).rejects.toThrow('Webex answered 503');
    expect(tries).toBe(4);
    expect(Date.now() - began).toBeLessThanOrEqual(14_000);
    expect(lines).toEqual([]);
  });
});
