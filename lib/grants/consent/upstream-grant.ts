import {
  commandLine,
  type CredentialReading,
  describeError,
  explainedBy,
  type ExplainedError,
  NotAuthorizedYet,
  readCredential,
  ReauthorizationRequired,
  VaultResponseError,
  WebexResponseError,
  WebexUnreachableError,
  whatWebexRefused,
} from '#core';
import { findIntegration } from '../../declaration/derived/by-name';
import type { Credential, Deployment } from '../../declaration/schema/deployment';
import { nameInVault } from '../../declaration/schema/vault-name';
import { integrationReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';
import { type Authorization, authorizationsOf, deleteAuthorization } from '../../webex/authorizations';
import { peopleMe } from '../../webex/account-request';

/*
 * The grant of a credential as Webex has it. A credential asks about itself, by its own access token: that is a token of
 * the integration, by which alone Webex lets administrators end what they gave it themselves.
 */

/**
 * - `ended`: no token of it is good any more
 * - `kept`: Webex was not asked
 * - `refused`: Webex does not let the grant end itself
 * - `ambiguous`: Webex does not tell which of its grants this is, so all were left
 * - `unknown`: there is no token that Webex could be asked with, or Webex knows none of it
 */
export type UpstreamState = 'ended' | 'kept' | 'refused' | 'ambiguous' | 'unknown';

/** What becomes of the grant at Webex. */
export interface UpstreamOutcome {
  readonly state: UpstreamState;
  /** A main clause, to follow "and". */
  readonly why: string;
}

/** A grant at Webex that can be told from all others. */
export interface EndableGrant {
  readonly state: 'endable';
  /** Of its refresh token. */
  readonly authorizationId: string;
  readonly accessToken: string;
}

export const NOT_TOLD: UpstreamOutcome = { state: 'kept', why: 'Webex was not told' };

/**
 * Looks, and changes nothing.
 *
 * @param reading what apps get now @default - nothing
 * @throws ExplainedError where Webex does not answer, or only later; the signal's reason
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
    return { state: 'unknown', why: 'Webex does not renew this grant any more, so nothing there can be told to be it' };
  }
  const { accessToken } = reading;
  const webex = { apiUrl: deployment.webex.apiUrl, accessToken, signal };
  try {
    const { id: personId } = await peopleMe(webex);
    const clientId = await clientIdOf(vault, deployment, reading);
    const tokens = await authorizationsOf(personId, webex);
    const refreshTokens = tokens.filter((token) => token.type === 'refresh' && token.clientId === clientId);
    const [only, ...more] = refreshTokens;
    if (only === undefined) {
      return { state: 'unknown', why: `Webex knows no refresh token of it` };
    }
    const sharing = more.length > 0 ? [] : await othersOf(vault, deployment, credential, personId, signal);
    return more.length > 0 || sharing.length > 0
      ? { state: 'ambiguous', why: whyAmbiguous(refreshTokens, sharing) }
      : { state: 'endable', authorizationId: only.id, accessToken };
  } catch (error) {
    signal?.throwIfAborted();
    const outcome = outcomeOf(error);
    if (outcome === undefined) {
      throw stop(error, credential);
    }
    return outcome;
  }
}

/**
 * Ends it.
 *
 * @throws ExplainedError where Webex does not answer, or only later
 */
export async function endUpstreamGrant(
  deployment: Deployment,
  credential: Credential,
  { authorizationId, accessToken }: EndableGrant,
  signal?: AbortSignal,
): Promise<UpstreamOutcome> {
  const ended: UpstreamOutcome = { state: 'ended', why: 'Webex has ended the grant' };
  try {
    await deleteAuthorization(authorizationId, { apiUrl: deployment.webex.apiUrl, accessToken, signal });
    return ended;
  } catch (error) {
    if (error instanceof WebexResponseError && error.statusCode === 404) {
      return ended;
    }
    const outcome = outcomeOf(error);
    if (outcome !== undefined) {
      return outcome;
    }
    if (error instanceof WebexResponseError) {
      throw stop(error, credential);
    }
    throw explainedBy(
      error,
      `Webex's answer was lost (${describeError(error)}), so whether it has ended the grant of "${credential.name}" is not known, and nothing was deleted in Vault; run it again`,
    );
  }
}

/** Which client Webex knows the credential by. */
async function clientIdOf(vault: VaultClient, deployment: Deployment, { integration }: CredentialReading) {
  const declared = deployment.integrations.find((each) => nameInVault(each) === integration)?.clientId;
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

/** Other credentials that may live by the same grant: of the same integration, and perhaps of the same person. */
async function othersOf(
  vault: VaultClient,
  deployment: Deployment,
  { name, integration }: Credential,
  personId: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const engineName = nameInVault(findIntegration(deployment, integration));
  const others = deployment.credentials.filter(
    (each) => each.name !== name && nameInVault(findIntegration(deployment, each.integration)) === engineName,
  );
  const found: string[] = [];
  for (const other of others) {
    if (await mayBeOf(vault, deployment, other.name, personId, signal)) {
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
    // A grant that is not there, or has ended, has no refresh token at Webex; of any other nobody knows.
    return !(error instanceof NotAuthorizedYet || error instanceof ReauthorizationRequired);
  }
}

function whyAmbiguous(tokens: readonly Authorization[], sharing: readonly string[]): string {
  return sharing.length > 0
    ? `Webex has one grant for it and for ${sharing.map((name) => `"${name}"`).join(', ')}, or does not tell whose it is, so it was left there`
    : `Webex has ${tokens.length} grants of that person to this integration (of ${tokens.map(({ created }) => created).join(', ')}) and does not tell which is this one, so all were left there`;
}

/** @returns undefined where the answer says nothing about the grant */
function outcomeOf(error: unknown): UpstreamOutcome | undefined {
  if (error instanceof WebexResponseError && error.statusCode === 403) {
    return {
      state: 'refused',
      why: `Webex does not let the grant end itself (403 to ${withoutId(error.path)}), which takes scopes identity:tokens_read, identity:tokens_write and spark:people_read, and an administrator who gave it`,
    };
  }
  if (error instanceof WebexResponseError && error.statusCode === 401) {
    return { state: 'unknown', why: 'Webex does not accept its access token any more, so it could not be asked' };
  }
  return undefined;
}

function withoutId(path: string): string {
  return path.replace(/^authorizations\/.*/, 'authorizations/ID');
}

function stop(error: unknown, { name }: Credential): ExplainedError {
  return explainedBy(
    error,
    `${describeError(error)}; nothing was changed; to delete "${name}" in Vault alone: ${commandLine('revoke', name, '--vault-only')}`,
  );
}
