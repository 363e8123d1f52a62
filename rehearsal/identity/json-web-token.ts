import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A key of an issuer of tokens. */
export class SigningKey {
  readonly #privateKey: KeyObject;
  readonly publicKeyPem: string;

  constructor() {
    this.#privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    this.publicKeyPem = createPublicKey(this.#privateKey).export({ type: 'spki', format: 'pem' }).toString();
  }

  /** @see RFC 7515, section 3.1, and RFC 7518, section 3.4 */
  sign(claims: Readonly<Record<string, unknown>>): string {
    const [header, payload] = [{ alg: 'ES256', typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signed = `${header ?? ''}.${payload ?? ''}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
}
