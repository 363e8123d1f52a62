import { readFile } from 'node:fs/promises';
import { errorCode, ExplainedError } from '#core';

/** First bytes of a binary public key, in the old and the new packet format. */
const PUBLIC_KEY_PACKETS = [0x98, 0x99, 0x9a, 0xc6];

/** A binary PGP public key from a file, in base64. */
export async function readPgpKey(file: string): Promise<string> {
  let key: Buffer;
  try {
    key = await readFile(file);
  } catch (error) {
    throw new ExplainedError(`the PGP key ${file} cannot be read (${errorCode(error)}); check the path`);
  }
  if (!PUBLIC_KEY_PACKETS.includes(key[0] ?? 0)) {
    const got = key.toString('latin1').startsWith('-----BEGIN PGP') ? 'an armored one' : 'something else';
    throw new ExplainedError(
      `${file} must be a PGP public key in binary form, got ${got}; export it with "gpg --export KEY_ID > key.pgp"`,
    );
  }
  return key.toString('base64');
}
