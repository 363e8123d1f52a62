import { AuthorizationPending } from '#core';

/**
 * For a credential that must be left alone while a device consent is pending: the engine (3.1.1) goes on to poll for it
 * where the credential was deleted or holds a grant by now, and then deletes that grant, within a second. Only the end of
 * the consent ends that.
 *
 * @param consequence what is not done therefore
 */
export function pendingConsent(name: string, consequence: string): AuthorizationPending {
  return new AuthorizationPending(
    name,
    `credential "${name}" waits for a consent that was begun elsewhere, so ${consequence}; finish it there, or wait some minutes until its code has expired, and run this again: before that the engine would take away what is stored there`,
  );
}
