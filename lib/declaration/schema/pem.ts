import { createPublicKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { rules } from './rules';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** PEM certificates of one or more CAs. A private key is refused, because a declaration holds no secret. */
export const caCertificates = z.string().superRefine(requireCas).register(rules, {
  rule: 'PEM certificates of CAs, without a private key',
});

function requireCas(value: string, context: z.core.$RefinementCtx): void {
  if (value.includes('PRIVATE KEY')) {
    context.addIssue(
      'must hold certificates alone, got a private key as well; remove the key, and replace it, because it is no longer secret',
    );
    return;
  }
  const certificates = value.match(CERTIFICATE) ?? [];
  const [bad] = certificates.filter((pem) => !isCa(pem));
  if (certificates.length === 0 || bad !== undefined) {
    const got = certificates.length === 0 ? 'no PEM certificate' : 'one that is not a CA or cannot be read';
    context.addIssue(
      `must be the PEM certificate of a CA, got ${got}; give the text that begins with -----BEGIN CERTIFICATE-----, by readFileSync('ca.pem', 'utf8')`,
    );
  }
}

function isCa(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}

/** PEM of a public key that verifies JWTs. */
export const publicKey = z
  .string()
  .refine((value) => isPublicKey(value), {
    error: 'must be the PEM of one public key, RSA, EC or Ed25519, which begins with -----BEGIN PUBLIC KEY-----',
  })
  .register(rules, { rule: 'the PEM of one public key: RSA, EC or Ed25519' });

function isPublicKey(pem: string): boolean {
  if (!/^\s*-----BEGIN (RSA )?PUBLIC KEY-----[^-]+-----END \1?PUBLIC KEY-----\s*$/.test(pem)) {
    return false;
  }
  try {
    return algorithmsOf(pem).length > 0;
  } catch {
    return false;
  }
}

const OF_RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;
const OF_CURVE: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
};
const OF_ED25519 = ['EdDSA'] as const;

/**
 * Algorithms that may sign a JWT.
 *
 * @param keys as PEM; without keys, Vault discovers them, so all asymmetric algorithms are allowed
 */
export function signingAlgorithms(keys: readonly string[] = []): string[] {
  return keys.length === 0
    ? [...OF_RSA, ...Object.values(OF_CURVE).flat(), ...OF_ED25519]
    : [...new Set(keys.flatMap(algorithmsOf))];
}

/** @returns an empty list for a key that Vault cannot use. @throws Error if the text is no key */
function algorithmsOf(pem: string): readonly string[] {
  const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(pem);
  switch (asymmetricKeyType) {
    case 'rsa':
      return OF_RSA;
    case 'ec':
      return OF_CURVE[asymmetricKeyDetails?.namedCurve ?? ''] ?? [];
    case 'ed25519':
      return OF_ED25519;
    default:
      return [];
  }
}
