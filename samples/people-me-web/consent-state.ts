import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Proof that a redirect answers the consent that was asked for here, and not one that somebody else began. */
export class ConsentState {
  /** 256 random bits. */
  readonly value = randomBytes(32).toString('base64url');
  #used = false;

  /** Compares in a time that does not depend on where the two differ; never true again after {@link use}. */
  matches(candidate: string): boolean {
    // Hashed, because timingSafeEqual wants equal lengths.
    return timingSafeEqual(sha256(candidate), sha256(this.value)) && !this.#used;
  }

  use(): void {
    this.#used = true;
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
