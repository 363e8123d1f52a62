import {
  AuthorizationPending,
  commandLine,
  type CredentialReading,
  describeError,
  explainedBy,
  ExplainedError,
  IntegrationRefused,
  NotAuthorizedYet,
  NotDeployed,
  readCredential,
  ReauthorizationRequired,
  TemporarilyUnavailable,
} from '#core';
import { declaringFile } from '../../declaration/deployment-file';
import { peopleMe } from '../../webex/account-request';
import { AccountNotChecked, ownerAccount, refuseOther, samePerson, WrongAccount, type ExpectedPerson } from './account';
import type { Credential } from '../../declaration/schema/deployment';
import { pendingConsent } from './pending-consent';
import { refusedIntegration } from './refused-integration';
import type { VaultClient } from '../../vault/vault-client';

/*
 * What stands in a credential before anybody consents anew.
 */

/** A grant that works, or why one that may work again cannot be read now. */
export type ExistingGrant = CredentialReading | ExplainedError;

/**
 * @param consequence what is not done because of a consent that is pending
 * @returns undefined where nothing is left that could be harmed
 * @throws AuthorizationPending
 */
export async function findGrant(
  vault: VaultClient,
  mountPath: string,
  credential: Credential,
  consequence = 'nobody was asked to consent',
): Promise<ExistingGrant | undefined> {
  try {
    return await readCredential(vault.connection, mountPath, credential.name);
  } catch (error) {
    if (error instanceof AuthorizationPending) {
      throw pendingConsent(credential.name, consequence);
    }
    if (error instanceof NotAuthorizedYet || error instanceof ReauthorizationRequired) {
      return undefined;
    }
    if (error instanceof IntegrationRefused) {
      return refusedIntegration(credential, error.said, `the grant of "${credential.name}" is intact`);
    }
    if (error instanceof TemporarilyUnavailable || error instanceof NotDeployed) {
      return error;
    }
    throw error;
  }
}

/**
 * Why nobody is asked to consent. A run before may have left a grant whose account it could not look at.
 *
 * @param way option of `authorize` that was given. @default - the one that can replace it
 * @returns WrongAccount or AccountNotChecked where it is not known to be the declared owner's
 */
export async function worksAlready(
  { name, owner, serviceApp }: Credential,
  existing: ExistingGrant,
  apiUrl: string,
  signal?: AbortSignal,
  way = serviceApp === undefined ? '--pkce' : undefined,
): Promise<ExplainedError> {
  if (existing instanceof ExplainedError) {
    return existing;
  }
  if (owner !== undefined) {
    try {
      const person = await peopleMe({ apiUrl, accessToken: existing.accessToken, signal });
      refuseOther(
        ownerAccount(owner),
        person,
        name,
        `it works as that account; have it deleted: ${revokeCommand(name)}`,
      );
    } catch (error) {
      signal?.throwIfAborted();
      return error instanceof WrongAccount
        ? error
        : new AccountNotChecked(name, apiUrl, `"${name}" works already`, error);
    }
  }
  const until = existing.expireTime === undefined ? '' : ` (token until ${existing.expireTime.toISOString()})`;
  const warned = existing.warnings.length === 0 ? '' : `, but the engine warns: ${existing.warnings.join('; ')}`;
  return new ExplainedError(
    `credential "${name}" works already${until}${warned}; to authorize it anew: ${commandLine('authorize', name, ...(way === undefined ? [] : [way]), '--replace')}`,
  );
}

/** Whose consent may replace it: the declared owner's, else that of the person whose grant it is. */
export async function expectedAccount(
  { name, owner }: Credential,
  existing: ExistingGrant,
  apiUrl: string,
  signal?: AbortSignal,
): Promise<ExpectedPerson> {
  if (owner !== undefined) {
    return ownerAccount(owner);
  }
  try {
    if (existing instanceof ExplainedError) {
      throw existing;
    }
    return samePerson(await peopleMe({ apiUrl, accessToken: existing.accessToken, signal }));
  } catch (error) {
    signal?.throwIfAborted();
    throw explainedBy(
      error,
      `whose account "${name}" is cannot be seen, so nobody could tell that the same person replaces it; declare its owner in ${declaringFile()}, or revoke it first: ${revokeCommand(name)} (${describeError(error)})`,
    );
  }
}

function revokeCommand(name: string): string {
  return commandLine('revoke', name);
}
