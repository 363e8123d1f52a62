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
import { clientSecretVariable } from '../../declaration/derived/client-secret';
import { declaringFile } from '../../declaration/deployment-file';
import type { Credential } from '../../declaration/schema/deployment';
import { readGraceSignal } from '../../vault/grace-signal';
import { peopleMe } from '../../webex/account-request';
import {
  AccountNotChecked,
  bothAccounts,
  declaredAccount,
  type ExpectedAccount,
  refuseOther,
  samePerson,
  WrongAccount,
} from './account';
import type { GrantRun } from './grant';

/*
 * The grant that a credential has before anybody consents again.
 */

/** A grant that works, or the error of a grant that cannot be read now and may work again. */
export type ExistingGrant = CredentialReading | ExplainedError;

/**
 * @param way option of `authorize` that was given. @default - an option that can replace a grant
 * @returns undefined if there is no grant to protect
 * @throws ExplainedError if there is a grant that may not be replaced
 */
export async function grantToReplace(
  run: GrantRun,
  { replace = false, way }: { readonly replace?: boolean; readonly way?: string } = {},
): Promise<ExistingGrant | undefined> {
  const { vault, deployment, signal } = run;
  // This read may refresh the token. Ended at once, it could lose the grant.
  const patient = vault.endedBy(readGraceSignal(signal, deployment.engine));
  const existing = await findGrant({ ...run, vault: patient });
  signal.throwIfAborted();
  if (existing !== undefined && !replace) {
    throw await worksAlready(run, existing, { signal, way });
  }
  return existing;
}

/**
 * @param consequence clause for the error of a pending consent
 * @returns undefined if there is no grant to protect
 * @throws AuthorizationPending
 */
export async function findGrant(
  { vault, mountPath, credential }: GrantRun,
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
 * The error if the credential has a grant already. An earlier run may have stored a grant without a check of its account.
 *
 * @returns WrongAccount or AccountNotChecked if the account is not known to be the declared one
 */
export async function worksAlready(
  { credential, apiUrl }: GrantRun,
  existing: ExistingGrant,
  { signal, way }: { readonly signal?: AbortSignal; readonly way?: string } = {},
): Promise<ExplainedError> {
  const { name, serviceApp } = credential;
  const declared = declaredAccount(credential);
  if (existing instanceof ExplainedError) {
    return existing;
  }
  if (declared !== undefined) {
    try {
      const person = await peopleMe({ apiUrl, accessToken: existing.accessToken, signal });
      const consequence = `it works as that account; to delete it: ${commandLine('revoke', name)}`;
      refuseOther(declared, person, name, consequence);
    } catch (error) {
      signal?.throwIfAborted();
      return error instanceof WrongAccount
        ? new WrongAccount(error.message)
        : new AccountNotChecked({ credential, apiUrl }, `"${name}" works already`, error);
    }
  }
  const until = existing.expireTime === undefined ? '' : ` (token until ${existing.expireTime.toISOString()})`;
  const warned = existing.warnings.length === 0 ? '' : `, but the engine warns: ${existing.warnings.join('; ')}`;
  const options = [...(serviceApp !== undefined && way === undefined ? [] : [way ?? '--pkce']), '--replace'];
  return new ExplainedError(
    `credential "${name}" works already${until}${warned}; to authorize it anew: ${commandLine('authorize', name, ...options)}`,
  );
}

/**
 * The account that may replace the grant: the declared owner, otherwise the person of the present grant. If the present grant is of
 * another organization than the declared one, any account of that one may replace it.
 */
export async function expectedAccount(
  { credential, apiUrl, signal }: GrantRun,
  existing: ExistingGrant,
): Promise<ExpectedAccount> {
  const { name, owner } = credential;
  const declared = declaredAccount(credential);
  if (declared !== undefined && owner !== undefined) {
    return declared;
  }
  try {
    if (existing instanceof ExplainedError) {
      throw existing;
    }
    const person = await peopleMe({ apiUrl, accessToken: existing.accessToken, signal });
    if (declared === undefined) {
      return samePerson(person);
    }
    return declared.accepts(person) ? bothAccounts(samePerson(person), declared) : declared;
  } catch (error) {
    signal.throwIfAborted();
    throw explainedBy(
      error,
      `the account of "${name}" cannot be read (${describeError(error)}), so another person could replace its grant; declare its owner in ${declaringFile()}, or revoke it first: ${commandLine('revoke', name)}`,
    );
  }
}

/**
 * The error for a credential that waits for a device consent. The engine (3.1.1) continues to poll after the credential was
 * deleted or got a grant, and deletes that grant within a second. It stops only when the consent is finished or expires.
 */
export function pendingConsent(name: string, consequence: string): AuthorizationPending {
  return new AuthorizationPending(
    name,
    `credential "${name}" waits for a consent that was begun elsewhere, so ${consequence}: the engine would delete a new grant. Finish it there, or wait some minutes until its code has expired, then run this again`,
  );
}

/** @param said the engine's own words @param consequence state of the grant */
export function refusedIntegration(
  { name, integration }: Credential,
  said: string,
  consequence: string,
): IntegrationRefused {
  return new IntegrationRefused(
    name,
    said,
    `Webex does not accept the client id and secret of integration "${integration}" (${said}); ${consequence}; set TF_VAR_${clientSecretVariable(integration)}, raise its clientSecretVersion and deploy`,
  );
}
