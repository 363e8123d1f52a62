import { type CredentialReading, describeError, explainedBy, ExplainedError, readCredential } from '#core';
import { findCredential } from '../../../declaration/derived/by-name';
import { isServiceApp, type ServiceAppCredential } from '../../../declaration/schema/service-app';
import { graceSignal } from '../../../vault/grace-signal';
import { applicationToken } from '../../../webex/application-token';
import { organizationAccount } from '../account';
import { givenSecret, type AskForSecret } from '../confirmed-secret';
import { importPair } from './grant-import';
import { prepareImport, type ImportOptions, type PreparedImport } from './prepared-import';
import type { Grant } from '../grant';

/*
 * The grant of a Service App, for which nobody has to consent: Webex gives it out to the token of a person's credential,
 * which is in Vault already, once an administrator has authorized the Service App in Control Hub.
 */

export interface ServiceAppOptions extends Omit<ImportOptions, 'expected' | 'isRepeatable'> {
  /** Gets the client secret of the Service App, once it is known to be needed. */
  readonly clientSecret: AskForSecret;
}

/**
 * Has Webex give out the grant, and leaves it in Vault. What worked before works still where it fails.
 *
 * @throws ExplainedError for everything that a person can act on, and the signal's reason
 */
export async function authorizeServiceApp(options: ServiceAppOptions): Promise<Grant> {
  const { deployment, credentialName, clientSecret, signal } = options;
  const credential = findCredential(deployment, credentialName);
  if (!isServiceApp(credential)) {
    throw new ExplainedError(`credential "${credentialName}" is a person's, who has to consent to it`);
  }
  const expected = organizationAccount(credential.serviceApp.organizationId);
  const prepared = await prepareImport({ ...options, expected, isRepeatable: true });
  const asking = await askingToken(prepared, credential);
  const secret = await givenSecret(clientSecret, 'client secret');
  signal?.throwIfAborted();
  const obtainedAt = new Date();
  const pair = await applicationToken({
    apiUrl: prepared.apiUrl,
    accessToken: asking.accessToken,
    applicationId: credential.serviceApp.id,
    clientId: prepared.clientId,
    clientSecret: secret,
    organization: credential.serviceApp.organizationId,
    signal: graceSignal(signal),
  });
  return importPair(prepared, pair, obtainedAt);
}

/** Whoever hangs up while the engine refreshes it can lose that grant, so nobody does. */
async function askingToken(
  { vault, mountPath }: PreparedImport,
  { name, serviceApp: { requestedBy } }: ServiceAppCredential,
): Promise<CredentialReading> {
  try {
    return await readCredential(vault.connection, mountPath, requestedBy);
  } catch (error) {
    throw explainedBy(
      error,
      `"${name}" has its tokens from credential "${requestedBy}", which gives none: ${describeError(error)}`,
    );
  }
}
