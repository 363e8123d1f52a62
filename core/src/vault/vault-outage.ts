import { TemporarilyUnavailable, VaultSealed } from './credential-errors';
import { whatVaultSaid, type VaultResponseError } from './vault-errors';

/**
 * For a refusal that says nothing of what was asked for, but of the server.
 *
 * @param task what it could not do, such as "log in at auth/approle"
 * @param secrets that were sent, hidden where the server quotes them
 */
export function explainOutage(
  error: VaultResponseError,
  address: string,
  task: string,
  secrets: readonly string[] = [],
): VaultSealed | TemporarilyUnavailable {
  const said = whatVaultSaid(error, secrets) || 'no message';
  return said.includes('sealed')
    ? new VaultSealed(address)
    : new TemporarilyUnavailable(
        `Vault could not ${task} (${error.statusCode}: ${said}); try again later`,
        error.retryAfterMs,
      );
}
