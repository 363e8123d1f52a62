import {
  commandLine,
  type CredentialReading,
  describeError,
  explainedBy,
  type ExplainedError,
  NotAuthorizedYet,
  quotedList,
  readCredential,
  ReauthorizationRequired,
  VaultResponseError,
  WebexResponseError,
  WebexUnreachableError,
  whatWebexRefused,
} from '#core';
import type { Credential, Deployment } from '../../declaration/schema/deployment';
import { integrationReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';
import { authorizationsOf, deleteAuthorization } from '../../webex/authorizations';
import { peopleMe } from '../../webex/account-request';

/*
 * The grant of a credential at Webex. The requests carry the credential's own access token, because Webex lets an
 * administrator revoke a grant only with a token of the same integration.
 */

/** State of the grant at Webex. */
export interface UpstreamOutcome {
  /**
   * - `revoked`: none of its tokens is valid any more
   * - `kept`: Webex was not asked
   * - `refused`: Webex does not let the grant revoke itself
   * - `ambiguous`: Webex does not show which of its grants this is, so none was revoked
   * - `unknown`: there is no token to ask Webex with, or Webex has no refresh token of this grant
   */
  readonly state: 'revoked' | 'kept' | 'refused' | 'ambiguous' | 'unknown';
  /** A main clause, to follow "and". */
  readonly why: string;
}

/** A grant at Webex that can be distinguished from all others. */
export interface EndableGrant {
  readonly state: 'endable';
  /** Id of its refresh token. */
  readonly authorizationId: string;
  readonly accessToken: string;
}

export const NOT_TOLD: UpstreamOutcome = { state: 'kept', why: 'Webex was not asked to revoke the grant' };

/**
 * Finds the grant without changing it.
 *
 * @param reading the credential as apps read it now. @default - it has no token
 * @throws ExplainedError if Webex does not answer now; the signal's reason
 */
export async function findUpstreamGrant(
  vault: VaultClient,
  deployment: Deployment,
  credential: Credential,
  reading: CredentialReading | undefined,
  signal?: AbortSignal,
): Promise<EndableGrant | UpstreamOutcome> {
  if (reading === undefined) {
    return { state: 'unknown', why: 'there is no access token to ask Webex with' };
  }
  if (reading.warnings.some((warning) => whatWebexRefused(warning) === 'grant')) {
    return { state: 'unknown', why: 'Webex does not refresh this grant any more, so it cannot be found there' };
  }
  const { accessToken } = reading;
  const webex = { apiUrl: deployment.webex.apiUrl, accessToken, signal };
  try {
    const { id: personId } = await peopleMe(webex);
    const clientId = await clientIdOf(vault, deployment, reading);
    const refreshTokens = (await authorizationsOf(personId, webex)).filter(
      (token) => token.type === 'refresh' && token.clientId === clientId,
    );
    const [only, ...more] = refreshTokens;
    if (only === undefined) {
      return { state: 'unknown', why: 'Webex has no refresh token of it' };
    }
    if (more.length > 0) {
      const times = refreshTokens.map(({ created }) => created).join(', ');
      return {
        state: 'ambiguous',
        why: `Webex has ${refreshTokens.length} grants of that person to this integration (from ${times}) and does not show which is this one, so none was revoked`,
      };
    }
    const sharing = await othersOf(vault, deployment, credential, personId, signal);
    if (sharing.length > 0) {
      return {
        state: 'ambiguous',
        why: `Webex may have one grant for it and for ${quotedList(sharing)}, so that grant was not revoked`,
      };
    }
    return { state: 'endable', authorizationId: only.id, accessToken };
  } catch (error) {
    signal?.throwIfAborted();
    const outcome = outcomeOf(error);
    if (outcome === undefined) {
      throw stop(error, credential);
    }
    return outcome;
  }
}

/** @throws ExplainedError if Webex does not answer now */
export async function endUpstreamGrant(
  deployment: Deployment,
  credential: Credential,
  { authorizationId, accessToken }: EndableGrant,
  signal?: AbortSignal,
): Promise<UpstreamOutcome> {
  const revoked: UpstreamOutcome = { state: 'revoked', why: 'Webex has revoked the grant' };
  try {
    await deleteAuthorization(authorizationId, { apiUrl: deployment.webex.apiUrl, accessToken, signal });
    return revoked;
  } catch (error) {
    if (!(error instanceof WebexResponseError)) {
      throw explainedBy(
        error,
        `Webex's answer was lost (${describeError(error)}), so it may have revoked the grant of "${credential.name}" or not; nothing was deleted in Vault; run the command again`,
      );
    }
    const outcome = error.statusCode === 404 ? revoked : outcomeOf(error);
    if (outcome === undefined) {
      throw stop(error, credential);
    }
    return outcome;
  }
}

/** The client id that Webex issued the grant to. */
async function clientIdOf(vault: VaultClient, deployment: Deployment, { integration }: CredentialReading) {
  const declared = deployment.integrations.find((each) => each.vaultName === integration)?.clientId;
  try {
    const { mountPath } = deployment.engine;
    return (await vault.read(`${mountPath}/servers/${integration}`, integrationReply)).data.client_id;
  } catch (error) {
    if (error instanceof VaultResponseError && declared !== undefined) {
      return declared;
    }
    throw error;
  }
}

/** Other credentials that may share the grant: they have the same integration, and perhaps the same person. */
async function othersOf(
  vault: VaultClient,
  deployment: Deployment,
  { name, integration }: Credential,
  personId: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  for (const other of deployment.credentials) {
    const mayShare = other.name !== name && other.integration === integration;
    if (mayShare && (await mayBeOf(vault, deployment, other.name, personId, signal))) {
      found.push(other.name);
    }
  }
  return found;
}

async function mayBeOf(
  vault: VaultClient,
  { engine, webex }: Deployment,
  name: string,
  personId: string,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    const { accessToken } = await readCredential(vault.connection, engine.mountPath, name);
    return (await peopleMe({ apiUrl: webex.apiUrl, accessToken, signal })).id === personId;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof WebexUnreachableError || (error instanceof WebexResponseError && error.isTransient)) {
      throw error;
    }
    // A grant that is missing or expired has no refresh token at Webex. Any other grant may have one.
    return !(error instanceof NotAuthorizedYet || error instanceof ReauthorizationRequired);
  }
}

/** @returns undefined if the answer says nothing about the grant */
function outcomeOf(error: unknown): UpstreamOutcome | undefined {
  if (!(error instanceof WebexResponseError)) {
    return undefined;
  }
  switch (error.statusCode) {
    case 403: {
      const path = error.path.replace(/^authorizations\/.*/, 'authorizations/ID');
      return {
        state: 'refused',
        why: `Webex does not let the grant revoke itself (403 to ${path}): it needs scopes identity:tokens_read, identity:tokens_write and spark:people_read, and the consent of an administrator`,
      };
    }
    case 401:
      return {
        state: 'unknown',
        why: 'Webex does not accept its access token any more, so the grant was not revoked there',
      };
    default:
      return undefined;
  }
}

function stop(error: unknown, { name }: Credential): ExplainedError {
  return explainedBy(
    error,
    `${describeError(error)}; nothing was changed; to delete "${name}" in Vault alone: ${commandLine('revoke', name, '--vault-only')}`,
  );
}
