import { retryingWriter } from '../../../../lib/server/keys/secret-receivers';
import type { SecretReceiver } from '../../../../lib/server/keys/preparation';
import { useSleepClock } from '../../../fixtures/clocks/sleep-clock';

useSleepClock();

const FULL = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
const LOGIN = { roleId: 'r', secretId: 's' };

let failures: number;
let taken: unknown[];
let reported: string[];

beforeEach(() => {
  failures = 0;
  taken = [];
  reported = [];
});

/** A disk that is full for the next writes. */
const onDisk: SecretReceiver = {
  keyShares: (shares) => write(shares),
  operator: (name, login) => write([name, login]),
};

function write(what: unknown): Promise<void> {
  if (failures > 0) {
    failures -= 1;
    return Promise.reject(FULL);
  }
  taken.push(what);
  return Promise.resolve();
}

function receiver(signal?: AbortSignal, timeoutMs = 1000): SecretReceiver {
  const report = (line: string): void => void reported.push(line);
  return retryingWriter(onDisk, { folder: 'secrets/operators', report, signal, timeoutMs, retryMs: 1 });
}

test('the writer writes at once, without a message, if it can', async () => {
  await receiver().keyShares(['one']);
  await receiver().operator('issuer', LOGIN);
  expect([taken, reported]).toEqual([[['one'], ['issuer', LOGIN]], []]);
});

test('the writer retries key shares until the disk has room, and reports that once', async () => {
  failures = 3;
  await receiver().keyShares(['one', 'two']);
  expect(taken).toEqual([['one', 'two']]);
  expect(reported).toEqual([
    'the key shares cannot be written to secrets/operators (ENOSPC); they are kept in memory, and retried for 1 s: make room there, and do not stop this command',
    'the key shares are written',
  ]);
});

test('the writer retries the login of an operator in the same way', async () => {
  failures = 1;
  await receiver().operator('backup', LOGIN);
  expect(reported[0]).toMatch(/^the login of operator "backup" cannot be written to secrets\/operators \(ENOSPC\); /);
});

test('the writer gives up when its time is over', async () => {
  failures = Number.POSITIVE_INFINITY;
  await expect(receiver(undefined, 20).keyShares(['the-share'])).rejects.toThrow(
    /^the key shares cannot be written to secrets\/operators \(ENOSPC\)$/,
  );
  expect(reported.join()).not.toContain('the-share');
});

test('the writer tries once more after a signal, then stops', async () => {
  await receiver(AbortSignal.abort()).keyShares(['one']);
  expect(taken).toEqual([['one']]);
  failures = 1;
  await expect(receiver(AbortSignal.abort()).keyShares(['one'])).rejects.toThrow('cannot be written');
  const interruption = new AbortController();
  failures = Number.POSITIVE_INFINITY;
  const writing = receiver(interruption.signal, 60_000).keyShares(['one']);
  setTimeout(() => interruption.abort(), 10);
  await expect(writing).rejects.toThrow('cannot be written');
});
