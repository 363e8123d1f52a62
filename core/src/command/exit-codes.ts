import { type ErrorCode, hasCode } from '../explained-error';
import { transient } from '../http/retry';

const TEMPORARY = 4;

/** Exit codes of each command that reads a credential, for its `--help`. */
export const CREDENTIAL_EXIT_CODES: Readonly<Record<number, string>> = {
  3: 'A person must consent: the credential has no grant, or must be authorized again',
  [TEMPORARY]: 'Temporarily unavailable, such as a sealed Vault; try again later',
  5: 'Not permitted: this Vault identity may not do it',
};

const KINDS: readonly (readonly [exitCode: number, ...codes: readonly ErrorCode[]])[] = [
  [2, 'ERR_USAGE'],
  [3, 'ERR_NOT_AUTHORIZED_YET', 'ERR_AUTHORIZATION_PENDING', 'ERR_REAUTHORIZATION_REQUIRED'],
  [TEMPORARY, 'ERR_VAULT_SEALED'],
  [5, 'ERR_NOT_PERMITTED'],
];

/** Returns the exit code of a command that fails with this error. */
export function exitCodeOf(error: Error): number {
  if (transient(error) !== undefined) {
    return TEMPORARY;
  }
  return KINDS.find(([, ...codes]) => hasCode(error, ...codes))?.[0] ?? 1;
}
