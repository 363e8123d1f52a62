/*
 * Comparison of scopes. Order and repetition mean nothing, and further scopes are never a finding: Webex adds `spark:kms` by
 * itself.
 */

/** Scope that stands for all scopes of a user. @see https://developer.webex.com/blog/there-is-a-new-integration-scope-in-town- */
const ALL = 'spark:all';

/**
 * Exceptions among the scopes `spark:...`, as far as Webex tells. Samples request `spark:kms` beside `spark:all`, and the page
 * about Service Apps asks for `spark:applications_token` by name.
 */
const BESIDE_ALL: readonly string[] = ['spark:kms', 'spark:applications_token'];

/** The wanted scopes that these scopes do not cover, each once. `spark:all` covers scopes of a user, and none of an administrator. */
export function uncovered(wanted: readonly string[], scopes: readonly string[]): string[] {
  const isCovered = (scope: string): boolean =>
    scopes.includes(scope) || (scopes.includes(ALL) && scope.startsWith('spark:') && !BESIDE_ALL.includes(scope));
  return [...new Set(wanted)].filter((scope) => !isCovered(scope));
}

/** The first is the usual one. */
export const ACCOUNT_SCOPES: readonly [string, ...string[]] = ['spark:people_read', 'spark-admin:people_read', ALL];

/** Those scopes that allow a request to `people/me`. */
export function accountScopes(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => ACCOUNT_SCOPES.includes(scope));
}
