import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileLocked, lockFile, withLock } from '../../../lib/files/file-lock';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const folder = temporaryFolder();
const file = join(folder, 'kept');
const lock = `${file}.lock`;

afterEach(() => rmSync(lock, { force: true }));

it('a caller waits for a lock no longer than its patience, and the error names the lock file', async () => {
  writeFileSync(lock, '');
  const action = jest.fn(() => Promise.resolve());
  const waiting = withLock(file, action, { patienceMs: 0 });
  await expect(waiting).rejects.toThrow(FileLocked);
  await expect(waiting).rejects.toThrow(
    /kept\.lock was not free within 0 s, so another process may hang; end that process, or delete the file/,
  );
  expect(action).not.toHaveBeenCalled();
});

it('a caller without patience takes over a stale lock', async () => {
  writeFileSync(lock, '');
  const then = new Date(Date.now() - 600_000);
  utimesSync(lock, then, then);
  const release = await lockFile(file, { patienceMs: 0 });
  expect(readdirSync(folder)).toEqual(['kept.lock']);
  await release();
  expect(readdirSync(folder)).toEqual([]);
});

it('the lock lets one action run at a time', async () => {
  let running = 0;
  const most: number[] = [];
  const action = async (): Promise<void> => {
    most.push(++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(file, action)));
  expect(most).toEqual([1, 1, 1]);
});

it('the lock is released if its action fails', async () => {
  await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(folder)).toEqual([]);
});

it('an action runs without a lock if no lock file can be created', async () => {
  await expect(withLock(join(folder, 'none', 'file'), () => Promise.resolve('done'))).resolves.toBe('done');
});
