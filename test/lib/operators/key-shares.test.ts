import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  keyShareFile,
  readKeyShares,
  RememberedKeyShares,
  type KeyShareOptions,
} from '../../../lib/operators/key-shares';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

let folder: string;

beforeEach(() => (folder = temporaryFolder()));

function share(number: number): string {
  return Buffer.alloc(33, number).toString('base64');
}

async function writeShare(number: number, text = `${share(number)}\n`): Promise<string> {
  const file = keyShareFile(folder, number);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

async function read(options: KeyShareOptions): Promise<string[]> {
  const shares: string[] = [];
  for await (const each of readKeyShares(options)) {
    shares.push(each);
  }
  return shares;
}

test('the shares of a folder come in the order of their numbers', async () => {
  await Promise.all([10, 2, 1].map((number) => writeShare(number)));
  await writeFile(join(folder, 'backup-secret-id'), 'not a share', { mode: 0o600 });
  await expect(read({ keyShares: folder })).resolves.toEqual([share(1), share(2), share(10)]);
});

test('a share may be in hex', async () => {
  const hex = Buffer.alloc(33, 7).toString('hex');
  await expect(read({ shareFile: [await writeShare(1, hex)] })).resolves.toEqual([hex]);
});

test('the error names a folder without shares', async () => {
  await expect(read({ keyShares: folder })).rejects.toThrow(`${folder} has no key share`);
});

test('a file that others can read is refused', async () => {
  const file = await writeShare(1);
  await chmod(file, 0o640);
  await expect(read({ shareFile: [file] })).rejects.toThrow(`${file} must be private to its owner, got mode 0640`);
});

test('a file without a share is refused, and its content stays hidden', async () => {
  const secret = 'correct horse battery staple';
  await expect(read({ shareFile: [await writeShare(1, secret)] })).rejects.toThrow(
    'key-share-1 must contain one key share',
  );
  await expect(read({ shareFile: [await writeShare(1, secret)] })).rejects.not.toThrow(secret);
  await expect(read({ shareFile: [await writeShare(1, '\n')] })).rejects.toThrow('got nothing');
});

test('the error names a missing file', async () => {
  await expect(read({ shareFile: [keyShareFile(folder, 9)] })).rejects.toThrow('key-share-9 cannot be read (ENOENT)');
});

test('remembered shares are read from their source once, and only as far as needed', async () => {
  let taken = 0;
  async function* source(): AsyncGenerator<string> {
    for (const number of [1, 2, 3]) {
      taken += 1;
      yield await Promise.resolve(share(number));
    }
  }
  const shares = new RememberedKeyShares(source());
  const first = async (count: number): Promise<string[]> => {
    const found: string[] = [];
    for await (const each of shares) {
      found.push(each);
      if (found.length === count) {
        break;
      }
    }
    return found;
  };
  await expect(first(2)).resolves.toEqual([share(1), share(2)]);
  expect(taken).toBe(2);
  await expect(first(2)).resolves.toEqual([share(1), share(2)]);
  expect(taken).toBe(2);
  await expect(first(9)).resolves.toEqual([share(1), share(2), share(3)]);
});
