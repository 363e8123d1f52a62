/** Codes of errors whose message explains them to a person. */
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
 * Tells apart by what the caller must do. Both packages have a copy of each class, and a project may have several versions
 * of one. `instanceof` does not know an error of another copy; its code does.
 */
export type ErrorCode = (typeof EXPLAINED)[number] | 'ERR_VAULT_RESPONSE';

/** Whether an error, perhaps of another copy of its class, has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): boolean {
  return error instanceof Error && codes.includes((error as { readonly code?: unknown }).code as ErrorCode);
}

/** Whether its message is made to be read by a person. */
export function isExplained(error: unknown): error is Error {
  return hasCode(error, ...EXPLAINED);
}
