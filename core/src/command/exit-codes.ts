import { type ErrorCode, hasCode } from '../error-code';
import { transient } from '../http/transient';

const TEMPORARY = 4;

/** For `--help` of every command that reads a credential. */
export const CREDENTIAL_EXIT_CODES: Readonly<Record<number, string>> = {
  3: 'a person must consent: not authorized yet, or to be authorized again',
  [TEMPORARY]: 'temporarily unavailable, such as a sealed Vault: try again later',
  5: 'not permitted: this Vault identity may not do it',
};

/** Exit code of a command that ends with this error. */
export function exitCodeOf(error: Error): number {
  if (transient(error) !== undefined) {
    return TEMPORARY;
  }
  const [code = 1] = KINDS.flatMap(([exitCode, codes]) => (hasCode(error, ...codes) ? [exitCode] : []));
  return code;
}

const KINDS: readonly (readonly [number, readonly ErrorCode[]])[] = [
  [2, ['ERR_USAGE']],
  [3, ['ERR_NOT_AUTHORIZED_YET', 'ERR_AUTHORIZATION_PENDING', 'ERR_REAUTHORIZATION_REQUIRED']],
  [TEMPORARY, ['ERR_VAULT_SEALED']],
  [5, ['ERR_NOT_PERMITTED']],
];
