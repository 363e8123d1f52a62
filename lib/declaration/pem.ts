import { X509Certificate } from 'node:crypto';
import { z } from 'zod';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** PEM certificates of CAs, one or several behind each other; what is declared is no secret, so no key among them. */
export const caCertificates = z.string().superRefine((value, context) => {
  if (value.includes('PRIVATE KEY')) {
    context.addIssue(
      'must hold certificates alone, got a private key as well; leave that out, and replace it, as it was read',
    );
    return;
  }
  const certificates = value.match(CERTIFICATE) ?? [];
  const [bad] = certificates.filter((pem) => !isCa(pem));
  if (certificates.length === 0 || bad !== undefined) {
    const got = certificates.length === 0 ? 'no PEM certificate' : 'one that is not a CA or cannot be read';
    context.addIssue(
      `must be the PEM certificate of a CA, got ${got}; give that which begins with -----BEGIN CERTIFICATE-----, by readFileSync('ca.pem', 'utf8')`,
    );
  }
});

function isCa(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}

/** PEM of a public key. */
export const publicKey = z
  .string()
  .regex(/^\s*-----BEGIN (?:RSA )?PUBLIC KEY-----[\s\S]+-----END (?:RSA )?PUBLIC KEY-----\s*$/, {
    error: 'must be the PEM of one public key, which begins with -----BEGIN PUBLIC KEY-----',
  });
