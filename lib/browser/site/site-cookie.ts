import type { IncomingMessage } from 'node:http';
import { oneHeader } from '../page-admission';

/** Browsers take a cookie of this prefix only from its own host over TLS, and send it to no other host. */
const PREFIX = '__Host-';

const NAME = /^[a-z][a-z-]*$/;
/** Characters of RFC 6265, without quotation marks. */
const VALUE = /^[!#-+\--:<-[\]-~]*$/;

/** A cookie for this site alone: no script reads it, and a request from another site's form does not carry it. */
export class SiteCookie {
  /**
   * @param name name without the prefix `__Host-`, which the browser sees
   * @param value visible ASCII without quotation marks, comma, semicolon and backslash, such as base64url
   * @param maxAgeSeconds 0 deletes the cookie. @default - until the browser is closed
   */
  constructor(
    readonly name: string,
    readonly value: string,
    readonly maxAgeSeconds?: number,
  ) {
    if (!NAME.test(name) || !VALUE.test(value)) {
      throw new TypeError(`not a name or a value of a cookie: ${name}`);
    }
  }

  /** Deletes the cookie of this name. */
  static deletion(name: string): SiteCookie {
    return new SiteCookie(name, '', 0);
  }

  /** Value of header `Set-Cookie`. */
  get header(): string {
    const age = this.maxAgeSeconds === undefined ? '' : `; Max-Age=${this.maxAgeSeconds}`;
    return `${PREFIX}${this.name}=${this.value}; Path=/; Secure; HttpOnly; SameSite=Lax${age}`;
  }
}

/**
 * Reads a cookie.
 *
 * @param name name without the prefix
 * @returns undefined if it is missing, was sent twice or has forbidden characters
 */
export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const pairs = (oneHeader(request, 'cookie') ?? '').split(';').map((pair) => pair.trim());
  const begin = `${PREFIX}${name}=`;
  const [value, ...others] = pairs.flatMap((pair) => (pair.startsWith(begin) ? [pair.slice(begin.length)] : []));
  return value !== undefined && others.length === 0 && VALUE.test(value) ? value : undefined;
}
