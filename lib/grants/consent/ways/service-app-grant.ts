import {
  commandLine,
  describeError,
  explainedBy,
  ExplainedError,
  NotDeployed,
  NotPermitted,
  readCredential,
  VaultResponseError,
} from '#core';
import { deployCommand } from '../../../declaration/deploy-command';
import { findCredential, findIntegration } from '../../../declaration/derived/by-name';
import { keptSecretPath } from '../../../declaration/derived/healing-credentials';
import { isServiceApp } from '../../../declaration/schema/credential-declaration';
import { graceSignal } from '../../../vault/grace-signal';
import { keptSecretReply } from '../../../vault/replies';
import { applicationToken } from '../../../webex/application-token';
import { organizationAccount } from '../account';
import { givenSecret, type AskForSecret } from '../confirmed-secret';
import type { Grant, GrantOptions } from '../grant';
import { importPair } from './grant-import';
import { prepareImport } from './prepared-import';

/*
 * The grant of a Service App, which needs no consent of a person. An administrator authorizes the Service App in Control
 * Hub. Then Webex issues its tokens to a request that carries the access token of another credential in Vault.
 */

export interface ServiceAppOptions extends GrantOptions {
  /** Whether a working grant may be replaced. @default false */
  readonly replace?: boolean;
  /** Gets the client secret of the Service App when it is needed. */
  readonly clientSecret: AskForSecret;
}

/**
 * Has Webex issue the grant, and stores it in Vault. After a failure, the present grant is unchanged.
 *
 * @throws ExplainedError for every problem that a person can solve; the signal's reason
 */
export async function authorizeServiceApp(options: ServiceAppOptions): Promise<Grant> {
  const { deployment, credentialName, clientSecret } = options;
  const credential = findCredential(deployment, credentialName);
  if (!isServiceApp(credential)) {
    throw new ExplainedError(
      `credential "${credentialName}" belongs to a person, and only that person can consent: ${commandLine('authorize', credentialName)}`,
    );
  }
  const { id: applicationId, organizationId: organization, requestedBy } = credential.serviceApp;
  const expected = organizationAccount(organization);
  const prepared = await prepareImport({ ...options, expected, asksForScopes: false, isRepeatable: true });
  const { vault, mountPath, apiUrl, stored, signal } = prepared;
  // A signal does not end this request: the engine may refresh this grant, which could be lost.
  const { accessToken } = await readCredential(vault.connection, mountPath, requestedBy).catch((error: unknown) => {
    throw explainedBy(
      error,
      `"${credentialName}" needs the access token of credential "${requestedBy}", which cannot be read: ${describeError(error)}`,
    );
  });
  const secret = await givenSecret(clientSecret, 'client secret');
  signal.throwIfAborted();
  const obtainedAt = new Date();
  const client = { clientId: stored.clientId, clientSecret: secret };
  const asked = { apiUrl, accessToken, applicationId, organization, signal: graceSignal(signal) };
  return importPair(prepared, await applicationToken({ ...asked, ...client }), obtainedAt);
}

/**
 * Obtains the lost grant of a Service App again, with the client secret that Vault keeps for this purpose.
 *
 * @param options with a token that has the healer's policy
 * @throws ExplainedError if there is no grant to obtain; the signal's reason
 */
export async function heal(options: GrantOptions): Promise<Grant> {
  // A grant that cannot be refreshed is lost too, even if its last access token is still valid.
  return authorizeServiceApp({ ...options, replace: true, clientSecret: () => keptSecret(options) });
}

async function keptSecret({ vault, deployment, credentialName }: GrantOptions): Promise<string> {
  const { integration } = findCredential(deployment, credentialName);
  const path = keptSecretPath(deployment, findIntegration(deployment, integration).vaultName);
  try {
    return (await vault.read(path, keptSecretReply)).data.client_secret;
  } catch (error) {
    if (!(error instanceof VaultResponseError) || error.isTransient) {
      throw error;
    }
    throw error.statusCode === 403
      ? new NotPermitted(`this Vault token may not read ${path}; use one with the healer's policy`)
      : error.statusCode === 404
        ? new NotDeployed(
            `the client secret of integration "${integration}" is not at ${path}; set serviceApp.autoRecover at its credential, then: ${deployCommand()}`,
          )
        : new ExplainedError(
            `Vault does not return the client secret at ${path} (${error.said || 'no message'}); look for the cause: ${commandLine('doctor')}`,
          );
  }
}
