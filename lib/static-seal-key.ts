import { readFileSync, statSync } from 'node:fs';
import { UserError } from './user-error';

/** AES-256. @see https://openbao.org/docs/configuration/seal/static/ */
const KEY_BYTES = 32;

const MAKE_ONE = (file: string): string => `make one with: (umask 077 && openssl rand -out ${file} ${KEY_BYTES})`;

/**
 * Looks at the key file of OpenBao's static seal on this machine, before a server is started with it.
 *
 * @throws UserError where it is not 32 bytes, as they are or in hex or base64, or others can read it; never says what
 *   is in it
 */
export function checkStaticSealKey(file: string): void {
  let content: Buffer;
  let mode: number;
  try {
    content = readFileSync(file);
    mode = statSync(file).mode & 0o777;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new UserError(`the static seal key ${file} cannot be read (${code}); check the path, or ${MAKE_ONE(file)}`);
  }
  if ((mode & 0o077) !== 0) {
    throw new UserError(
      `the static seal key ${file} must be its owner's alone, got mode 0${mode.toString(8)}, so others on this machine can open the server's data; run chmod 600 ${file}`,
    );
  }
  if (isKey(content)) {
    return;
  }
  const text = content.toString('latin1');
  if (isKey(Buffer.from(text.trimEnd(), 'latin1'))) {
    throw new UserError(
      `the static seal key ${file} must be ${KEY_BYTES} bytes and nothing else, got a line break after them, which OpenBao takes for a part of the key; take it away with: truncate -s -${text.length - text.trimEnd().length} ${file}`,
    );
  }
  throw new UserError(
    `the static seal key ${file} must be ${KEY_BYTES} bytes, as they are or in hex or base64, got ${content.length} bytes that are none of these; if no server uses it yet, ${MAKE_ONE(file)}`,
  );
}

/** As OpenBao tells them apart: by their length. */
function isKey(content: Buffer): boolean {
  if (content.length === KEY_BYTES) {
    return true;
  }
  const text = content.toString('latin1');
  return /^[0-9a-fA-F]{64}$/.test(text) || /^[A-Za-z0-9+/]{43}=$/.test(text);
}
