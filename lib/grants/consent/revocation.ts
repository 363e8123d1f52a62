import {
  AuthorizationPending,
  commandLine,
  type CredentialReading,
  ExplainedError,
  explainRefusal,
  NotAuthorizedYet,
  NotDeployed,
  readCredential,
  ReauthorizationRequired,
  TemporarilyUnavailable,
  VaultResponseError,
} from '#core';
import type { Credential, Deployment } from '../../declaration/schema/deployment';
import { WEBEX_CLOUDS, webexCloudAt } from '../../declaration/schema/webex-declaration';
import { requireReadyServer } from '../../vault/ready-server';
import { type VaultClient } from '../../vault/vault-client';
import { pendingConsent } from './existing-grant';
import type { UpstreamOutcome } from './upstream-grant';

/*
 * Deletion of a credential in Vault, and the tokens that Webex still honors afterwards.
 */

/**
 * Reads a credential, as apps do, before it is deleted.
 *
 * @returns undefined if they get none
 * @throws NotAuthorizedYet if there is nothing to revoke, AuthorizationPending if it must be left alone
 */
export async function findRevocable(
  vault: VaultClient,
  mountPath: string,
  name: string,
  { vaultOnly = false }: { readonly vaultOnly?: boolean } = {},
): Promise<CredentialReading | undefined> {
  await requireReadyServer(vault);
  try {
    return await readCredential(vault.connection, mountPath, name);
  } catch (error) {
    if (error instanceof AuthorizationPending) {
      throw pendingConsent(name, 'there is no grant to revoke yet');
    }
    if (error instanceof NotAuthorizedYet) {
      throw new NotAuthorizedYet(name, `there is no credential "${name}" in Vault, so there is nothing to revoke`);
    }
    if (error instanceof TemporarilyUnavailable && !vaultOnly) {
      throw new TemporarilyUnavailable(
        `"${name}" has no token now to ask Webex with (${error.message}), so nothing was changed; try again later, or delete it in Vault alone: ${commandLine('revoke', name, '--vault-only')}`,
      );
    }
    // A grant that does not work can still be deleted.
    const broken = [ReauthorizationRequired, TemporarilyUnavailable, NotDeployed].some((kind) => error instanceof kind);
    if (broken || (error instanceof ExplainedError && error.constructor === ExplainedError)) {
      return undefined;
    }
    throw error;
  }
}

export async function deleteCredential(vault: VaultClient, mountPath: string, { name }: Credential): Promise<void> {
  try {
    await vault.delete(`${mountPath}/creds/${name}`);
  } catch (error) {
    throw error instanceof VaultResponseError ? explainRefusal(error, vault.address, mountPath, name) : error;
  }
}

/**
 * Lines about the tokens that Webex still honors after Vault has deleted the grant.
 *
 * @see https://developer.webex.com/docs/api/v1/authorizations
 */
export function whatRemains(
  { integrations, webex: { apiUrl } }: Deployment,
  { integration, serviceApp }: Credential,
  reading: CredentialReading | undefined,
  { state, why }: UpstreamOutcome,
): string[] {
  if (state === 'revoked') {
    return [`${why}: none of its tokens is valid any more. Webex may accept an access token for a moment longer.`];
  }
  const until =
    reading?.expireTime === undefined
      ? 'Webex honors access tokens that apps have until they expire'
      : `Webex honors the access token that apps have until it expires, at ${reading.expireTime.toISOString()}`;
  const passing = `${until}: Vault cannot revoke it, and ${why}.`;
  if (serviceApp !== undefined) {
    return [
      passing,
      'To revoke the grant at Webex too, a full administrator revokes the authorization of the Service App in Control Hub > Apps > Service Apps.',
    ];
  }
  const cloud = webexCloudAt(apiUrl);
  const page = cloud === undefined ? `the page for tokens of the Webex at ${apiUrl}` : WEBEX_CLOUDS[cloud].tokensPage;
  const clientId = integrations.find(({ name }) => name === integration)?.clientId ?? 'CLIENT_ID';
  return [
    passing,
    'To revoke the grant at Webex too:',
    `- The person who consented ends the session of the integration at ${page}`,
    `- An administrator with scopes identity:tokens_read and identity:tokens_write finds it with GET ${apiUrl}/authorizations?personEmail=EMAIL,`,
    `  then sends DELETE ${apiUrl}/authorizations/ID for its refresh token, which revokes its access tokens too.`,
    `  DELETE ${apiUrl}/authorizations?clientId=${clientId} revokes all grants of the integration in the organization.`,
  ];
}
