import { randomBytes, timingSafeEqual } from 'node:crypto';

const KEY_BYTES = 32;

/** Returns a new key of a run: 32 random bytes in base64url. */
export function newRunKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url');
}

/** The key that a caller presents as its bearer token. The key is not a property, so no log or inspection shows it. */
export class RunKey {
  readonly #bytes: Buffer;

  constructor(key: string) {
    this.#bytes = Buffer.from(key, 'latin1');
  }

  /** Whether a header `Authorization` has the key. The length of a key is public, and its content is compared in constant time. */
  isIn(authorization: string | undefined): boolean {
    if (authorization?.length !== SCHEME.length + this.#bytes.length) {
      return false;
    }
    const presented = Buffer.from(authorization.slice(SCHEME.length), 'latin1');
    return timingSafeEqual(presented, this.#bytes) && authorization.slice(0, SCHEME.length).toLowerCase() === SCHEME;
  }

  /** Hides the key in a text of the caller. */
  hiddenIn(text: string): string {
    return text.replaceAll(this.#bytes.toString('latin1'), '[hidden]');
  }
}

const SCHEME = 'bearer ';
