import {
  AuthorizationPending,
  IntegrationRefused,
  NotAuthorizedYet,
  NotDeployed,
  NotPermitted,
  ReauthorizationRequired,
  TemporarilyUnavailable,
} from './credential-errors';
import { ExplainedError } from '../explained-error';
import { dateOf, fieldsOf, textOf, textsOf } from '../http/json';
import { whatWebexRefused } from '../webex-errors';
import { safeText } from '../safe-text';
import type { VaultConnection } from './vault-connection';
import { explainOutage, VaultResponseError, whatVaultSaid } from './vault-errors';
import { commandLine } from '../command/command-line';

/** An access token, as `creds/<name>` returns it. The token is not a property, so no log, inspection or JSON shows it. */
export class CredentialReading {
  readonly #accessToken: string;
  readonly tokenType: string;
  /** Name of the integration that the grant belongs to. */
  readonly integration: string;
  /** Expiry of the access token. The engine refreshes the token before. @default - it does not expire */
  readonly expireTime?: Date;
  /** Warnings of the engine, such as a failed refresh. The token works until it expires. */
  readonly warnings: readonly string[];

  /**
   * @param hide removes further secrets from a warning, which may quote the request. @default - removes none
   * @throws TypeError if the reply is not from the engine
   */
  constructor(reply: unknown, hide = (warning: string): string => warning) {
    const { data, warnings } = fieldsOf(reply);
    const { access_token: accessToken, type, server, expire_time: expireTime } = fieldsOf(data);
    this.#accessToken = textOf(accessToken);
    this.tokenType = textOf(type);
    this.integration = textOf(server);
    this.expireTime = expireTime === undefined ? undefined : dateOf(expireTime);
    this.warnings = textsOf(warnings).map((warning) => safeText(hide(warning), [this.#accessToken]));
  }

  get accessToken(): string {
    return this.#accessToken;
  }
}

/**
 * @throws NotAuthorizedYet, ReauthorizationRequired, IntegrationRefused, TemporarilyUnavailable, VaultSealed,
 *   NotPermitted, NotDeployed, or VaultUnreachableError
 */
export async function readCredential(
  vault: VaultConnection,
  mountPath: string,
  name: string,
): Promise<CredentialReading> {
  try {
    const path = name.split('/').map(segmentOf).join('/');
    const hide = (warning: string): string => vault.hideToken(warning);
    return await vault.read(`${mountPath}/creds/${path}`, (reply) => new CredentialReading(reply, hide));
  } catch (error) {
    throw error instanceof VaultResponseError ? explainRefusal(error, vault.address, mountPath, name) : error;
  }
}

/** @throws ExplainedError if no URL can contain it */
function segmentOf(part: string): string {
  try {
    return encodeURIComponent(part);
  } catch {
    throw new ExplainedError(
      `no credential is called ${JSON.stringify(part)}, which has half a character in it; give the name as it is declared`,
    );
  }
}

/** The error for a refusal at `creds/<name>`. */
export function explainRefusal(
  error: VaultResponseError,
  address: string,
  mountPath: string,
  name: string,
  secrets: readonly string[] = [],
): ExplainedError {
  const said = whatVaultSaid(error, secrets);
  switch (error.statusCode) {
    case 400:
      return explainState(said, name);
    case 403:
      return new NotPermitted(
        `this Vault token may not ${VERBS[error.method] ?? 'use'} credential "${name}": it is not valid, or its policies lack "${CAPABILITIES[error.method] ?? 'read'}" on ${mountPath}/creds/${name}${error.method === 'GET' ? OR_UNKNOWN : ''}`,
        name,
      );
    case 404:
      return said === '' ? new NotAuthorizedYet(name) : engineMissing(mountPath, said);
    default:
      return explainOutage(error, address, `serve credential "${name}"`, secrets);
  }
}

/** The error for an engine that is not mounted, or does not run. @param said Vault's own words */
export function engineMissing(mountPath: string, said = ''): NotDeployed {
  if (said.includes('backend is nil')) {
    return new NotDeployed(
      `the engine at ${mountPath}/ is mounted, but its plugin does not run. Its binary is missing in the server's plugin directory, or the binary does not have the registered sha256; the server's log says which. Put the right binary there and restart the server, or deploy webex-tokens with the sha256 of the new one`,
    );
  }
  return new NotDeployed(
    `no oauthapp engine is mounted at ${mountPath}/; have stack webex-tokens deployed, or name the mount that it has`,
  );
}

/** The engine reports the states of a grant by its text only. */
function explainState(said: string, name: string): ExplainedError {
  if (said.includes('token pending issuance')) {
    return new AuthorizationPending(name);
  }
  if (said.includes('has configuration problems') || said.includes('server configuration does not exist')) {
    return new NotDeployed(`the integration of credential "${name}" is broken (${said}); deploy webex-tokens`);
  }
  if (said.includes('device code exchange failed')) {
    return new ReauthorizationRequired(
      name,
      said,
      `nobody finished the consent to credential "${name}" that was begun elsewhere (${said}); have it authorized: ${commandLine('authorize', name)}`,
    );
  }
  switch (whatWebexRefused(said)) {
    case 'grant':
      return new ReauthorizationRequired(name, said);
    case 'client':
    case 'request':
      return new IntegrationRefused(name, said);
  }
  if (said.includes('token expired')) {
    return new TemporarilyUnavailable(
      `the access token of "${name}" has expired and could not be refreshed yet; try again later, and if that persists, check that Vault reaches Webex, or run: ${commandLine('authorize', name, '--pkce', '--replace')}`,
    );
  }
  return new ExplainedError(
    `Vault does not hand out credential "${name}": ${said || 'no message'}; see the server's log`,
  );
}

const OR_UNKNOWN = '; check its name as well, as Vault refuses an unknown name in the same words';

const VERBS: Record<string, string> = { GET: 'read', PUT: 'write', DELETE: 'delete' };
const CAPABILITIES: Record<string, string> = { GET: 'read', PUT: 'update', DELETE: 'delete' };
