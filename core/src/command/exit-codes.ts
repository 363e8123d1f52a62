import { NotAuthorizedYet, NotPermitted, ReauthorizationRequired, VaultSealed } from '../vault/credential-errors';
import { UsageError } from '../explained-error';
import { transient } from '../http/transient';

const TEMPORARY = 4;

/** For `--help` of every command that reads a credential. */
export const CREDENTIAL_EXIT_CODES: Readonly<Record<number, string>> = {
  3: 'a person must consent: not authorized yet, or to be authorized again',
  [TEMPORARY]: 'temporarily unavailable, such as a sealed Vault: try again later',
  5: 'not permitted: this Vault identity may not do it',
};

/** What a command that ends with this error exits with. */
export function exitCodeOf(error: Error): number {
  if (transient(error) !== undefined) {
    return TEMPORARY;
  }
  const [code = 1] = KINDS.flatMap(([kind, exitCode]) => (error instanceof kind ? [exitCode] : []));
  return code;
}

const KINDS = [
  [UsageError, 2],
  [NotAuthorizedYet, 3],
  [ReauthorizationRequired, 3],
  [VaultSealed, TEMPORARY],
  [NotPermitted, 5],
] as const;
