import { readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAtomically } from '../../../lib/files/atomic-file';
import { NOT_ROOT, testUnless } from '../../fixtures/runs/left-out';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/** Replaces the partial file with a link to the target during the sync to disk. */
async function swapAtSync(folder: string, target: string): Promise<void> {
  const handle = await open(target);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  jest.spyOn(prototype, 'sync').mockImplementationOnce(() => {
    const partial = readdirSync(folder).find((name) => name.endsWith('.partial')) ?? '';
    renameSync(join(folder, partial), join(folder, 'swapped'));
    symlinkSync(target, join(folder, partial));
    return Promise.resolve();
  });
}

describe('writeAtomically', () => {
  let folder: string;

  beforeEach(() => (folder = temporaryFolder()));

  it.each(['/dev/null', tmpdir()])('the writer leaves %s alone, because it is not a regular file', async (path) => {
    const before = statSync(path).ino;
    await expect(writeAtomically(path, 'x')).rejects.toThrow(`${path} is no file, so nothing was written there`);
    expect(statSync(path).ino).toBe(before);
  });

  it('the writer creates a file that only its owner can read', async () => {
    const file = join(folder, 'key');
    await writeAtomically(file, 'secret');
    expect(readFileSync(file, 'utf8')).toBe('secret');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['key']);
  });

  it('the writer sets the requested mode, whatever the umask is', async () => {
    const before = process.umask(0o077);
    try {
      await writeAtomically(join(folder, 'cert'), 'public', { mode: 0o644 });
    } finally {
      process.umask(before);
    }
    expect(statSync(join(folder, 'cert')).mode & 0o777).toBe(0o644);
  });

  it('the writer replaces a file and its mode, and does not follow a link', async () => {
    writeFileSync(join(folder, 'target'), 'untouched', { mode: 0o644 });
    symlinkSync(join(folder, 'target'), join(folder, 'key'));
    await writeAtomically(join(folder, 'key'), 'secret');
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('untouched');
    expect(statSync(join(folder, 'key')).mode & 0o777).toBe(0o600);
  });

  testUnless(NOT_ROOT)("the writer changes the owner of its own file, not of a link's target", async () => {
    const target = join(folder, 'target');
    writeFileSync(target, 'of root');
    const { uid } = statSync(target);
    // The owner of the folder could do this at the worst moment.
    await swapAtSync(folder, target);
    await writeAtomically(join(folder, 'key'), 'secret', { owner: { uid: 100, gid: 1000 } });
    expect(statSync(join(folder, 'swapped')).uid).toBe(100);
    expect(statSync(target).uid).toBe(uid);
  });

  it('the writer leaves no file behind if it fails', async () => {
    await expect(writeAtomically(join(folder, 'missing', 'key'), 'secret')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(writeAtomically(folder, 'secret')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(join(folder, '..')).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });
});
