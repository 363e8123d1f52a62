/** Codes of errors whose message is for a person. */
const EXPLAINED = [
  'ERR_EXPLAINED',
  'ERR_USAGE',
  'ERR_NOT_AUTHORIZED_YET',
  'ERR_AUTHORIZATION_PENDING',
  'ERR_REAUTHORIZATION_REQUIRED',
  'ERR_TEMPORARILY_UNAVAILABLE',
  'ERR_VAULT_SEALED',
  'ERR_VAULT_UNREACHABLE',
  'ERR_NOT_PERMITTED',
  'ERR_NOT_DEPLOYED',
  'ERR_INTEGRATION_REFUSED',
  'ERR_WRAPPING_TOKEN_SPENT',
  'ERR_WRAPPING_TOKEN_FORGED',
  'ERR_WEBEX_RESPONSE',
  'ERR_WEBEX_UNREACHABLE',
] as const;

/**
 * The code of an error stands for one action of the caller. A process may hold several copies of this package. `instanceof`
 * fails for an error of another copy, but the code is the same.
 */
export type ErrorCode = (typeof EXPLAINED)[number] | 'ERR_VAULT_RESPONSE';

/** Whether the error has one of these codes, even if it comes from another copy of this package. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): boolean {
  return error instanceof Error && codes.includes((error as { readonly code?: unknown }).code as ErrorCode);
}

/** Whether the message of the error is for a person. */
export function isExplained(error: unknown): error is Error {
  return hasCode(error, ...EXPLAINED);
}

/**
 * The base class of errors whose message is for a person. The message is one line: the value, the reason why it is wrong, and
 * the next step. Print it. Each subclass says whether a retry can help. Any other error is a defect of this project.
 */
export class ExplainedError extends Error {
  override name = 'ExplainedError';
  readonly code: ErrorCode = 'ERR_EXPLAINED';
}

/** Thrown if the command line is wrong, or names something that is not declared. */
export class UsageError extends ExplainedError {
  override name = 'UsageError';
  override readonly code: ErrorCode = 'ERR_USAGE';
}

/** The code of a system error, such as `ENOENT`, for the message of an `ExplainedError`. */
export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}

/** Whether nobody reads the output any more: a pipe whose reader has ended, or a terminal that was closed. */
export function isReaderGone(error: unknown): boolean {
  return ['EPIPE', 'EIO'].includes(errorCode(error));
}

/** `"a", "b", "c"`, or `none`: the known names, for a message about an unknown one. */
export function quotedList(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
}
