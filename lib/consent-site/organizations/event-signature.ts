import { createHmac, timingSafeEqual } from 'node:crypto';

/*
 * The signature of an event. Its key is the secret that the registration of the webhook named, and it covers the bytes of
 * the body as they came.
 */

/** Headers with a signature. Webex sends the first one with each event, and the second one with some kinds of events. */
const HEADERS = ['x-spark-signature', 'x-webex-signature'] as const;

/** Algorithms by the length of their signature in hexadecimal digits. */
const ALGORITHMS: ReadonlyMap<number, string> = new Map([
  [40, 'sha1'],
  [64, 'sha256'],
  [128, 'sha512'],
]);

/**
 * Whether a header has the signature of the body by one of the secrets. Webex documents HMAC-SHA1 for the first header. It
 * names SHA-256 and SHA-512 for the second one without a notation, so plain hexadecimal digits are accepted there. The key
 * is the same for all of them, so none of them is easier to forge.
 *
 * @see https://developer.webex.com/docs/receive-and-verify-webhooks
 */
export function isSigned(
  body: Buffer,
  header: (name: string) => string | undefined,
  secrets: readonly string[],
): boolean {
  const checks = HEADERS.flatMap((name) => secrets.map((secret) => matches(body, header(name), secret)));
  return checks.includes(true);
}

function matches(body: Buffer, signature: string | undefined, secret: string): boolean {
  const algorithm = ALGORITHMS.get(signature?.length ?? 0);
  if (signature === undefined || algorithm === undefined || !/^[0-9a-f]+$/i.test(signature)) {
    return false;
  }
  return timingSafeEqual(createHmac(algorithm, secret).update(body).digest(), Buffer.from(signature, 'hex'));
}
