import { commandLine } from '../command/command-line';
import { isPassing, retry, type RetryOptions, transient } from '../http/retry';
import { describeError } from '../safe-text';
import { WrappingTokenSpentError } from './wrapped-secret-id';

/**
 * Runs work that needs an unwrapped secret id. Only this process holds the secret id, so transient failures are retried
 * for a while.
 *
 * @param isUnwrapped whether the secret id is unwrapped. Until then, the wrapping token still works
 * @throws the error of the work, or WrappingTokenSpentError for a transient one, because a later run has no secret id
 */
export async function beforeItIsLost<T>(
  work: () => Promise<T>,
  isUnwrapped: () => boolean,
  options: RetryOptions & { readonly signal?: AbortSignal } = {},
): Promise<T> {
  try {
    const passes = (error: unknown) => (isUnwrapped() ? transient(error) : undefined);
    return await retry(work, passes, { attempts: 6, baseDelayMs: 1000, ...options });
  } catch (error) {
    const isLost = isUnwrapped() && isPassing(error);
    throw isLost
      ? new WrappingTokenSpentError(
          `this run failed (${describeError(error)}), and the secret id is lost with it, because the wrapping token is used up; have a new one issued: ${commandLine('issue', 'APP')}`,
        )
      : error;
  }
}
