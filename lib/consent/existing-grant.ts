import {
  type CredentialReading,
  describeError,
  ExplainedError,
  IntegrationRefused,
  NotAuthorizedYet,
  NotDeployed,
  readCredential,
  ReauthorizationRequired,
  TemporarilyUnavailable,
} from 'webex-token-client/core';
import { peopleMe } from './people-me';
import { ownerAccount, samePerson, type ExpectedAccount } from './account';
import type { Credential } from '../declaration/deployment';
import { refusedIntegration } from './refused-integration';
import type { VaultClient } from '../vault/vault-client';

/*
 * What stands in a credential before anybody consents anew.
 */

/** A grant that works, or why one that may work again cannot be read now. */
export type ExistingGrant = CredentialReading | ExplainedError;

/** @returns undefined where nothing is left that could be harmed */
export async function findGrant(
  vault: VaultClient,
  mountPath: string,
  credential: Credential,
): Promise<ExistingGrant | undefined> {
  try {
    return await readCredential(vault.connection, mountPath, credential.name);
  } catch (error) {
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

export function worksAlready(name: string, existing: ExistingGrant): ExplainedError {
  if (existing instanceof ExplainedError) {
    return existing;
  }
  const until = existing.expireTime === undefined ? '' : ` (token until ${existing.expireTime.toISOString()})`;
  const warned = existing.warnings.length === 0 ? '' : `, but the engine warns: ${existing.warnings.join('; ')}`;
  return new ExplainedError(
    `credential "${name}" works already${until}${warned}; to authorise it anew: npx webex-token-vault authorize ${name} --replace`,
  );
}

/** Whose consent may replace it: the declared owner's, else that of the person whose grant it is. */
export async function expectedAccount(
  { name, owner }: Credential,
  existing: ExistingGrant,
  apiUrl: string,
  signal?: AbortSignal,
): Promise<ExpectedAccount> {
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
    throw new ExplainedError(
      `whose account "${name}" is cannot be seen, so nobody could tell that the same person replaces it; declare its owner in deployment.ts, or revoke it first: npx webex-token-vault revoke ${name} (${describeError(error)})`,
    );
  }
}
