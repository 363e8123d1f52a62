import { hasCode } from '../error-code';
import { TemporarilyUnavailable } from '../vault/credential-errors';
import { ExplainedError } from '../explained-error';
import type { Transient } from './retry';

/** @returns what is known of a failure that may pass by itself; undefined: it is for good */
export function transient(error: unknown): Transient | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  const { isTransient, retryAfterMs } = error as Error & { readonly isTransient?: unknown } & Transient;
  return hasCode(error, 'ERR_TEMPORARILY_UNAVAILABLE') || isTransient === true ? { retryAfterMs } : undefined;
}

/** An error of that message, which may pass by itself where its cause may. */
export function explainedBy(cause: unknown, message: string): ExplainedError {
  const passes = transient(cause);
  return passes === undefined ? new ExplainedError(message) : new TemporarilyUnavailable(message, passes.retryAfterMs);
}
