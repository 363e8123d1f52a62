import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in constant time. The time does not depend on the lengths either. */
export function equalSecrets(candidate: string, secret: string): boolean {
  // Hashed, because timingSafeEqual needs equal lengths.
  return timingSafeEqual(sha256(candidate), sha256(secret));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
