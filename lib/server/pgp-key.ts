import { readFile } from 'node:fs/promises';
import { errorCode, ExplainedError } from 'webex-token-client/core';

/** First bits of every binary PGP packet, and the tags of a public key, in the old and the new format. */
const PUBLIC_KEY_PACKETS = [0x98, 0x99, 0x9a, 0xc6];

/**
 * A PGP public key from a file, binary or armored, in the base64 that Vault takes.
 *
 * @throws ExplainedError where it is none
 */
export async function readPgpKey(file: string): Promise<string> {
  let content: Buffer;
  try {
    content = await readFile(file);
  } catch (error) {
    throw new ExplainedError(`the PGP key ${file} cannot be read (${errorCode(error)}); check the path`);
  }
  const key = isPublicKey(content) ? content : Buffer.from(armored(content.toString('latin1')), 'base64');
  if (!isPublicKey(key)) {
    throw new ExplainedError(
      `${file} must hold a PGP public key; export it with "gpg --export KEY_ID > ${file}" and give that`,
    );
  }
  return key.toString('base64');
}

function isPublicKey(content: Buffer): boolean {
  return PUBLIC_KEY_PACKETS.includes(content[0] ?? 0);
}

/** Base64 between header and checksum; the text itself where it has no armor. */
function armored(text: string): string {
  const body = /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\r\n]+\r?\n)*?\r?\n([\s\S]+?)\r?\n(?:=|-----)/.exec(text);
  return body?.[1] ?? text;
}
