import {
  describeError,
  explainedBy,
  ExplainedError,
  NotDeployed,
  NotPermitted,
  readCredential,
  VaultResponseError,
} from '#core';
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
 * The grant of a Service App, to which no person consents. An administrator authorizes the Service App in Control Hub, and
 * Webex then gives its tokens to the token of another credential in Vault.
 */

export interface ServiceAppOptions extends GrantOptions {
  /** Whether a grant that works may be replaced. @default false */
  readonly replace?: boolean;
  /** Gets the client secret of the Service App, once it is needed. */
  readonly clientSecret: AskForSecret;
}

/**
 * Has Webex issue the grant, and leaves it in Vault. A failure leaves the present grant as it was.
 *
 * @throws ExplainedError for everything that a person can act on, and the signal's reason
 */
export async function authorizeServiceApp(options: ServiceAppOptions): Promise<Grant> {
  const { deployment, credentialName, clientSecret } = options;
  const credential = findCredential(deployment, credentialName);
  if (!isServiceApp(credential)) {
    throw new ExplainedError(`credential "${credentialName}" is a person's, who has to consent to it`);
  }
  const { id: applicationId, organizationId: organization, requestedBy } = credential.serviceApp;
  const expected = organizationAccount(organization);
  const prepared = await prepareImport({ ...options, expected, isRepeatable: true });
  const { vault, mountPath, apiUrl, stored, signal } = prepared;
  // Not ended by a signal: the engine may refresh this grant, which could then be lost.
  const { accessToken } = await readCredential(vault.connection, mountPath, requestedBy).catch((error: unknown) => {
    throw explainedBy(
      error,
      `"${credentialName}" has its tokens from credential "${requestedBy}", which gives none: ${describeError(error)}`,
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
 * Obtains the lost grant of a Service App again, by the client secret that Vault keeps for that.
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
            `the client secret of integration "${integration}" is not kept at ${path}; deploy webex-tokens with serviceApp.autoRecover at its credential, which asks for the secret`,
          )
        : new ExplainedError(`Vault does not give the client secret at ${path} (${error.said || 'no message'})`);
  }
}
