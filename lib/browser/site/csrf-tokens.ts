import { createHmac, randomBytes } from 'node:crypto';
import { equalSecrets } from '../equal-secrets';

/** Tokens that bind a form to the session of its page. Nothing is stored: a token is an HMAC of the session. */
export class CsrfTokens {
  readonly #key: Buffer;

  /** @param key @default - 256 random bits, so a restart ends all tokens */
  constructor(key = randomBytes(32)) {
    this.#key = key;
  }

  /** @param session value of the session's cookie @param form name of the form, such as "logout" */
  token(session: string, form: string): string {
    // The line feed separates: neither part can hold one.
    return createHmac('sha256', this.#key).update(`${form}\n${session}`).digest('base64url');
  }

  /** Compares in constant time. */
  matches(candidate: string | null | undefined, session: string, form: string): boolean {
    return equalSecrets(candidate ?? '', this.token(session, form));
  }
}
