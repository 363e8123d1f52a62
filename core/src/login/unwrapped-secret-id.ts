import { VaultSealed } from '../vault/credential-errors';
import { retry, type RetryOptions } from '../http/retry';
import { describeError } from '../safe-text';
import { WrappingTokenSpentError } from './wrapped-secret-id';
import { transient } from '../http/transient';
import { commandLine } from '../command/command-line';

/**
 * Does what a secret id was taken out of its wrapping for. It is nowhere else and ends with this process, so what may
 * pass is tried again for a while.
 *
 * @param isUnwrapped whether it is out: where not, its wrapping token still holds it
 * @throws what the work throws; WrappingTokenSpentError where that may pass, and then comes too late
 */
export async function beforeItIsLost<T>(
  work: () => Promise<T>,
  isUnwrapped: () => boolean,
  options: RetryOptions & { readonly signal?: AbortSignal } = {},
): Promise<T> {
  try {
    return await retry(work, (error) => (isUnwrapped() ? transient(error) : undefined), {
      attempts: 6,
      baseDelayMs: 1000,
      ...options,
    });
  } catch (error) {
    const isLost = isUnwrapped() && (error instanceof VaultSealed || transient(error) !== undefined);
    throw isLost
      ? new WrappingTokenSpentError(
          `the wrapping token is used up, and the secret id that it held is lost with this run, which failed (${describeError(error)}); have a new one issued for the next: ${commandLine('issue')}`,
        )
      : error;
  }
}
