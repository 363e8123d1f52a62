import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateKeyFile, sharedKeyFile } from '../../../client/src/proxy/key-file';
import { newRunKey } from '../../../client/src/proxy/run-key';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const SECRET_ID = '7c9a1f4e-0000-4000-8000-000000000000';

function inFolder(name = 'key'): string {
  return join(temporaryFolder(), name);
}

describe('a private key file', () => {
  it('the key is there after it was written, for its user alone, and gone after the end', async () => {
    const path = inFolder();
    {
      await using file = await privateKeyFile(path);
      expect(existsSync(path)).toBe(false);
      await file.write();
      expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([file.key, 0o600]);
    }
    expect(existsSync(path)).toBe(false);
  });

  it('the key of a run that was killed is removed at the start, so no program takes it', async () => {
    const path = inFolder();
    writeFileSync(path, newRunKey());
    await using file = await privateKeyFile(path);
    expect(existsSync(path)).toBe(false);
    expect(file.key).toHaveLength(43);
  });

  it('the end of a run leaves the file that another program put there', async () => {
    const path = inFolder();
    {
      await using file = await privateKeyFile(path);
      await file.write();
      writeFileSync(path, SECRET_ID);
    }
    expect(readFileSync(path, 'utf8')).toBe(SECRET_ID);
  });
});

describe.each([
  ['--key-file', privateKeyFile],
  ['--shared-key-file', sharedKeyFile],
])('a file for %s that holds something else', (option, open) => {
  it('a secret id is refused, and stays', async () => {
    const path = inFolder();
    writeFileSync(path, SECRET_ID);
    await expect(open(path)).rejects.toThrow(
      `${path} exists and is no key of a proxy, so it stays as it is; give another file by ${option}`,
    );
    expect(readFileSync(path, 'utf8')).toBe(SECRET_ID);
  });

  it.each([
    ['a folder', () => temporaryFolder()],
    ['a key that others can write', (path: string) => (writeFileSync(path, newRunKey()), chmodSync(path, 0o666), path)],
    ['an empty file', (path: string) => (writeFileSync(path, ''), path)],
    [
      'a link to a key',
      (path: string) => (writeFileSync(`${path}-of`, newRunKey()), symlinkSync(`${path}-of`, path), path),
    ],
  ])('%s is refused', async (_, made) => {
    await expect(open(made(inFolder()))).rejects.toThrow('exists and is no key of a proxy');
  });
});

it('a shared key is the same in the next run, and stays after the end', async () => {
  const path = inFolder();
  const keys: string[] = [];
  for (let run = 0; run < 2; run += 1) {
    await using file = await sharedKeyFile(path);
    await file.write();
    keys.push(file.key, readFileSync(path, 'utf8'));
  }
  expect(new Set(keys).size).toBe(1);
  expect(statSync(path).mode & 0o777).toBe(0o640);
});
