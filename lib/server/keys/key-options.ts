import { UsageError } from '#core';

export interface KeyOptions {
  /** How many shares the key is split into. */
  readonly shares: number;
  /** How many of them it takes. */
  readonly threshold: number;
  /** PGP public keys, one for each share, in base64. @default - the shares are not encrypted */
  readonly pgpKeys?: readonly string[];
}

/** @throws UsageError where no key can be split like that */
export function checkKeyOptions({ shares, threshold, pgpKeys }: KeyOptions): void {
  if (threshold > shares) {
    throw new UsageError(
      `the threshold must not be above the number of shares, got ${threshold} of ${shares}; no one could ever unseal`,
    );
  }
  if (threshold === 1 && shares > 1) {
    throw new UsageError(
      `a threshold of 1 needs one share only, got ${shares}: each of them would be the whole key; use a threshold of 2 or more`,
    );
  }
  if (shares > 255) {
    throw new UsageError(`a key has at most 255 shares, got ${shares}; use fewer`);
  }
  if (pgpKeys !== undefined && pgpKeys.length !== shares) {
    throw new UsageError(`each share needs its PGP key, got ${pgpKeys.length} for ${shares}; give ${shares}`);
  }
}
