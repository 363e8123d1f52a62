import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPgpKey } from '../../../lib/server/pgp-key';
import { PGP_PUBLIC_KEY } from '../../fixtures/pgp-key';

let file: string;

beforeAll(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'pgp-key-')), 'key');
});
afterAll(() => rm(join(file, '..'), { recursive: true }));

const lines = PGP_PUBLIC_KEY.split('\n');
const base64 = lines.slice(2, -3).join('');

test.each([
  ['armored', PGP_PUBLIC_KEY],
  [
    'armored with headers and Windows line ends',
    PGP_PUBLIC_KEY.replace('\n\n', '\nComment: a key\n\n').replaceAll('\n', '\r\n'),
  ],
  ['in base64', base64],
  ['binary', Buffer.from(base64, 'base64')],
])('a key %s comes out in base64', async (_, content) => {
  await writeFile(file, content);
  await expect(readPgpKey(file)).resolves.toBe(base64);
});

test.each([
  ['a private key', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgEawTC\n-----END PGP PRIVATE KEY BLOCK-----\n'],
  ['something else', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5'],
  ['nothing', ''],
])('%s is refused', async (_, content) => {
  await writeFile(file, content);
  await expect(readPgpKey(file)).rejects.toThrow('must hold a PGP public key');
});

test('a file that is not there is named', async () => {
  await expect(readPgpKey(`${file}.none`)).rejects.toThrow('cannot be read (ENOENT)');
});
