import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPgpKey } from '../../../../lib/server/keys/new-key';
import { PGP_PUBLIC_KEY } from '../../../fixtures/identities/pgp-key';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

let file: string;

beforeAll(() => (file = join(temporaryFolder(), 'key')));

test('the reader returns a key in base64', async () => {
  await writeFile(file, PGP_PUBLIC_KEY);
  await expect(readPgpKey(file)).resolves.toBe(PGP_PUBLIC_KEY.toString('base64'));
});

test('the reader refuses an armored key and names the command that exports it without armor', async () => {
  const base64 = PGP_PUBLIC_KEY.toString('base64');
  await writeFile(file, `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${base64}\n-----END PGP PUBLIC KEY BLOCK-----\n`);
  await expect(readPgpKey(file)).rejects.toThrow(
    `${file} must be a PGP public key in binary form, got an armored one; export it with "gpg --export KEY_ID > key.pgp"`,
  );
});

test.each([
  ['a private key', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgEawTC\n-----END PGP PRIVATE KEY BLOCK-----\n'],
  ['a private key in binary form', Buffer.from([0x94, 0x58])],
  ['something else', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5'],
  ['nothing', ''],
])('the reader refuses %s', async (_, content) => {
  await writeFile(file, content);
  await expect(readPgpKey(file)).rejects.toThrow('must be a PGP public key');
});

test('the error names a missing key file', async () => {
  await expect(readPgpKey(`${file}.none`)).rejects.toThrow('cannot be read (ENOENT)');
});
