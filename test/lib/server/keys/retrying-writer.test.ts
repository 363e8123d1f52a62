import { retryingWriter } from '../../../../lib/server/keys/retrying-writer';
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

/** On a disk that is full for the next writes. */
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

test('what can be written at once is, and nothing is said', async () => {
  await receiver().keyShares(['one']);
  await receiver().operator('issuer', LOGIN);
  expect([taken, reported]).toEqual([[['one'], ['issuer', LOGIN]], []]);
});

test('what cannot be written is kept and tried again until the disk has room, and that is said once', async () => {
  failures = 3;
  await receiver().keyShares(['one', 'two']);
  expect(taken).toEqual([['one', 'two']]);
  expect(reported).toEqual([
    'the key shares cannot be written to secrets/operators (ENOSPC); they are kept in memory and tried again for 1 s, so make room there, and do not end this',
    'the key shares are written',
  ]);
});

test('the login of an operator is kept so too', async () => {
  failures = 1;
  await receiver().operator('backup', LOGIN);
  expect(reported[0]).toMatch(/^the login of operator "backup" cannot be written to secrets\/operators \(ENOSPC\); /);
});

test('it ends in time', async () => {
  failures = Number.POSITIVE_INFINITY;
  await expect(receiver(undefined, 20).keyShares(['the-share'])).rejects.toThrow(
    /^the key shares cannot be written to secrets\/operators \(ENOSPC\)$/,
  );
  expect(reported.join()).not.toContain('the-share');
});

test('it ends at a signal, but for one try', async () => {
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
