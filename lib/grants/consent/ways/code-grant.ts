import {
  commandLine,
  describeError,
  ExplainedError,
  explainOutage,
  readCredential,
  VaultResponseError,
  whatVaultSaid,
} from '#core';
import { declaringFile } from '../../../declaration/deployment-file';
import { consentUrlReply } from '../../../vault/replies';
import { checkWebex } from '../../../webex/reachable-webex';
import { AccountNotChecked, accountUntold, declaredAccount, personOf, refuseOther } from '../account';
import { checkAuthorizer } from '../authorizer-checks';
import { consentInBrowser, type BrowserOptions } from '../consent';
import { noteConsent } from '../consent-note';
import { exchangeCode, OutcomeUnknown } from '../token-exchange';
import { findGrant, grantToReplace, worksAlready } from '../existing-grant';
import { grantRun, type Grant, type GrantOptions, type GrantRun } from '../grant';

/*
 * The authorization code grant, in this order: checks, the consent of a person, the exchange of the code by Vault, the
 * check of the account at Webex.
 */

export interface AuthorizeOptions extends GrantOptions, BrowserOptions {}

/**
 * Has a person consent once, and stores the grant in Vault.
 *
 * The engine exchanges a code and stores the tokens in one step, so the account is known only afterwards. Therefore this
 * way replaces no working grant. {@link authorizeByPkce} checks the account first.
 *
 * @throws ExplainedError for everything that a person can act on, and the signal's reason
 */
export async function authorize(options: AuthorizeOptions): Promise<Grant> {
  const run = grantRun(options);
  const { credential, apiUrl, signal } = run;
  await checkAuthorizer(run);
  await grantToReplace(run);
  if (declaredAccount(credential) !== undefined) {
    await checkWebex(apiUrl, signal);
  }
  return await consentInBrowser(
    run,
    options,
    (state) => consentUrl(run, state),
    async (code) => {
      // Another person may have authorized the credential while the browser was open.
      const present = await findGrant(run, 'nothing was changed');
      if (present !== undefined) {
        throw await worksAlready(run, present, { signal });
      }
      return storeGrant(run, code);
    },
  );
}

/** @throws ExplainedError if Vault gives no URL */
async function consentUrl({ vault, mountPath, integration, credential, signal }: GrantRun, state: string) {
  const request = {
    server: integration.vaultName,
    redirect_url: integration.redirectUrl,
    scopes: credential.scopes.join(','),
    state,
    ...(credential.owner === undefined ? {} : { auth_url_params: { login_hint: credential.owner } }),
  };
  try {
    return (await vault.endedBy(signal).write(`${mountPath}/auth-code-url`, request, consentUrlReply)).data.url;
  } catch (error) {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    throw error.isTransient
      ? explainOutage(error, vault.address, `give a consent URL for integration "${integration.name}"`)
      : new ExplainedError(
          `Vault gives no consent URL for integration "${integration.name}" (${error.statusCode}: ${whatVaultSaid(error) || 'no message'}); deploy stack webex-tokens again, so that Vault and ${declaringFile()} agree`,
        );
  }
}

/**
 * Has the engine exchange the code into the credential, and checks the account at Webex.
 *
 * @throws WrongAccount, with the credential deleted; AccountNotChecked, with the grant kept; ExplainedError
 */
async function storeGrant(run: GrantRun, code: string): Promise<Grant> {
  const { vault, mountPath, apiUrl, credential, notice } = run;
  const { name, scopes } = credential;
  const declared = declaredAccount(credential);
  const kept = `"${name}" is authorized`;
  const consentedAt = new Date();
  await exchangeCode(run, code).catch((error: unknown) => {
    if (!(error instanceof OutcomeUnknown)) {
      throw error;
    }
    const perhaps = `Vault's answer to the ${error.what} was lost (${error.lost}), so "${name}" may hold the new grant`;
    throw new AccountNotChecked(run, perhaps, error.cause);
  });
  const look = async () => {
    const reading = await readCredential(vault.connection, mountPath, name);
    return { reading, person: await personOf(apiUrl, reading.accessToken) };
  };
  const { reading, person } = await run.retryPeriod.brief(look).catch(async (error: unknown) => {
    await noteConsent(run, consentedAt, { requestedScopes: scopes });
    throw new AccountNotChecked(run, kept, error);
  });
  if (person === undefined) {
    // Only a person can give this grant again, so it is kept.
    if (declared !== undefined) {
      throw new AccountNotChecked(run, kept, new ExplainedError(`the scopes of "${name}" do not allow to read it`));
    }
    notice(accountUntold(name));
  } else if (declared !== undefined) {
    try {
      refuseOther(declared, person, name, 'the credential is deleted');
    } catch (error) {
      await removeGrant(run);
      throw error;
    }
  }
  const { expireTime, warnings } = reading;
  await noteConsent(run, consentedAt, { person, expireTime, requestedScopes: scopes });
  return { credential: name, person, requestedScopes: scopes, expireTime, warnings };
}

/** Turns a failure into a notice, so that it does not hide the first error. */
async function removeGrant({ vault, mountPath, credential, notice }: GrantRun): Promise<void> {
  const path = `${mountPath}/creds/${credential.name}`;
  await vault.delete(path).catch((error: unknown) => {
    notice(
      `ATTENTION: ${path} has the grant of the wrong account, and could not be deleted (${describeError(error)}); delete it: ${commandLine('revoke', credential.name)}`,
    );
  });
}
