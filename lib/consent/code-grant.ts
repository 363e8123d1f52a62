import { describeError, ExplainedError } from 'webex-token-client/core';
import { type Person } from './people-me';
import {
  AccountNotChecked,
  ownerAccount,
  readAccount,
  refuseOther,
  type Account,
  type ExpectedAccount,
} from './account';
import { checkAuthorizer } from './authorizer-checks';
import { askForConsent, exchangeCode, type ConsentContext, type ShowUrl } from './consent';
import { authorizedPage, refusedPage, trialPage, type ConsentPage } from './consent-page';
import { findCredential, findIntegration, type Deployment } from '../declaration/deployment';
import { expectedAccount, findGrant, worksAlready } from './existing-grant';
import { PastedRedirect, type AskForRedirect } from './pasted-redirect';
import { scratchCredential } from '../declaration/policies';
import { checkWebex } from './reachable-webex';
import type { ReceivedCode } from './redirect';
import { RedirectListener } from './redirect-listener';
import type { VaultClient } from '../vault/vault-client';

/*
 * The authorization code grant, read top to bottom: check, have a person consent, have Vault exchange the code, ask
 * Webex whose account it is.
 */

export interface AuthorizeOptions {
  /** With a token that holds the authorizer's policy. */
  readonly vault: VaultClient;
  readonly deployment: Deployment;
  readonly credentialName: string;
  /** Shows the URL to whoever consents. May itself consent: the redirect is listened for before it is called. */
  readonly onUrl: ShowUrl;
  /** Takes what a person should know meanwhile, a line at a time. @default - nobody is told */
  readonly onNotice?: (line: string) => void;
  /** Authorise anew although the credential works. @default false */
  readonly replace?: boolean;
  /** How the redirected URL is pasted, on a machine without a browser. @default - listens on the redirect URL */
  readonly askForRedirect?: AskForRedirect;
  /** How long one consent may take. @default 300 */
  readonly timeoutSeconds?: number;
  /** Ends the wait for a consent; an exchange that has begun is finished first. @default - none */
  readonly signal?: AbortSignal;
}

export interface Grant {
  readonly credential: string;
  /** Whose it is; undefined where its scopes do not let Webex tell. */
  readonly person?: Person;
  /** What the consent was asked for; the engine keeps no word of what Webex granted. */
  readonly requestedScopes: readonly string[];
  /** When the first access token expires. */
  readonly expireTime?: Date;
  readonly warnings: readonly string[];
}

/** Everything that one run of {@link authorize} works with. */
interface Run extends ConsentContext {
  /** Base URL of the Webex API. */
  readonly apiUrl: string;
  /** Takes what a person should know, a line at a time. */
  readonly notice: (line: string) => void;
}

/**
 * Has a person consent, once, and leaves the grant in Vault.
 *
 * A credential that works is put at no risk by a consent that fails: it is replaced by a second consent only, after a
 * first one was tried out aside.
 *
 * @throws ExplainedError for everything that a person can act on, and the signal's reason
 */
export async function authorize(options: AuthorizeOptions): Promise<Grant> {
  const { vault, deployment, credentialName, askForRedirect, onNotice } = options;
  const credential = findCredential(deployment, credentialName);
  const integration = findIntegration(deployment, credential.integration);
  await checkAuthorizer(vault, deployment, credential);
  await using channel =
    askForRedirect === undefined
      ? await RedirectListener.bind(integration.redirectUrl)
      : new PastedRedirect(integration.redirectUrl, askForRedirect);
  const run: Run = {
    vault,
    mountPath: deployment.engine.mountPath,
    apiUrl: deployment.webex.apiUrl,
    integration,
    credential,
    channel,
    onUrl: options.onUrl,
    notice: onNotice ?? (() => undefined),
    timeoutSeconds: options.timeoutSeconds ?? 300,
    signal: options.signal ?? new AbortController().signal,
  };
  const existing = await findGrant(vault, run.mountPath, credential);
  if (existing !== undefined && !options.replace) {
    throw worksAlready(credential.name, existing);
  }
  if (existing !== undefined || credential.owner !== undefined) {
    await checkWebex(run.apiUrl);
  }
  if (existing === undefined) {
    return await establish(run);
  }
  return await replace(run, await expectedAccount(credential, existing, run.apiUrl));
}

/** No working grant is at risk, so the code is exchanged into the credential itself. */
async function establish(run: Run): Promise<Grant> {
  const { name, owner } = run.credential;
  const received = await askForConsent(run, owner);
  return withOutcome(received, authorizedPage(name), () => storeNewGrant(run, received.code));
}

/**
 * Has the engine exchange the code, for a credential in which nothing works, and asks Webex whose account it is.
 *
 * @throws WrongAccount where it is not the owner's, with nothing stored; AccountNotChecked where Webex does not say, with
 *   the grant kept; ExplainedError
 */
async function storeNewGrant(run: Run, code: string): Promise<Grant> {
  const { name, owner } = run.credential;
  await exchangeCode(run, code, name);
  const kept = `"${name}" is authorised`;
  const account = await keptAccount(run, kept);
  if (owner !== undefined) {
    await refuseOrRemove(run, ownerAccount(owner), account, kept, 'nothing is stored');
  }
  return grant(run, account);
}

/** A code is good for one exchange and a grant cannot be moved, so being sure of the account takes two consents. */
async function replace(run: Run, expected: ExpectedAccount): Promise<Grant> {
  const { name } = run.credential;
  const scratch = scratchCredential(name);
  run.notice(`"${name}" works, so consent is asked for twice: the first one is tried out aside, to see whose account`);
  run.notice(
    'it is, without touching what works; the second one then replaces it. Both must come from the same person.',
  );
  // A run that was killed may have left its trial grant.
  await run.vault.delete(`${run.mountPath}/creds/${scratch}`);

  run.notice('Consent 1 of 2, on trial:');
  const trial = await askForConsent(run, expected.email);
  await withOutcome(trial, trialPage(name), async () => {
    try {
      await exchangeCode(run, trial.code, scratch);
      refuseOther(expected, await trialPerson(run, scratch), name, `"${name}" is as it was`);
    } finally {
      await remove(run, scratch);
    }
  });

  run.notice('Consent 2 of 2, to keep:');
  const received = await askForConsent(run, expected.email);
  return withOutcome(received, authorizedPage(name), async () => {
    await exchangeCode(run, received.code, name);
    const kept = `"${name}" is replaced`;
    const account = await keptAccount(run, kept);
    const deleted = `"${name}" IS DELETED, since its apps must not act as somebody else, and must be authorised again`;
    await refuseOrRemove(run, expected, account, kept, deleted);
    return grant(run, account);
  });
}

/** Whose a grant is that stays where Webex does not answer: only a person could give it again. */
async function keptAccount(run: Run, kept: string): Promise<Account> {
  const { vault, mountPath, apiUrl, credential } = run;
  return readAccount(vault, mountPath, apiUrl, credential.name).catch((error: unknown) => {
    throw new AccountNotChecked(credential.name, apiUrl, kept, describeError(error));
  });
}

/** A grant of the wrong account is deleted; one that nobody could look at is not. */
async function refuseOrRemove(
  run: Run,
  expected: ExpectedAccount,
  { person }: Account,
  kept: string,
  consequence: string,
): Promise<void> {
  const { name } = run.credential;
  if (person === undefined) {
    throw new AccountNotChecked(name, run.apiUrl, kept, `the scopes of "${name}" do not let Webex tell`);
  }
  try {
    refuseOther(expected, person, name, consequence);
  } catch (error) {
    await remove(run, name);
    throw error;
  }
}

async function trialPerson({ vault, mountPath, apiUrl, credential }: Run, scratch: string): Promise<Person> {
  const { person } = await readAccount(vault, mountPath, apiUrl, scratch).catch((error: unknown) => {
    throw new ExplainedError(
      `"${credential.name}" is as it was, but whose account consented could not be seen: ${describeError(error)}`,
    );
  });
  if (person === undefined) {
    throw new ExplainedError(
      `Webex does not say whose account consented, because the scopes of "${credential.name}" do not let it, so it is as it was; add scope "spark:people_read" in deployment.ts and to the integration`,
    );
  }
  return person;
}

function grant({ credential, notice }: Run, { reading, person }: Account): Grant {
  const { name, scopes } = credential;
  if (person === undefined) {
    notice(`Webex does not say whose account "${name}" is: its scopes do not let it.`);
  }
  const { expireTime, warnings } = reading;
  return { credential: name, person, requestedScopes: scopes, expireTime, warnings };
}

/** A failure is a notice, so that it does not hide the error that led here. */
async function remove({ vault, mountPath, notice }: Run, name: string): Promise<void> {
  await vault.delete(`${mountPath}/creds/${name}`).catch((error: unknown) => {
    notice(`ATTENTION: ${mountPath}/creds/${name} could not be deleted; delete it by hand: ${describeError(error)}`);
  });
}

/** The browser is answered after the work, so that its page shows the outcome. */
async function withOutcome<T>(received: ReceivedCode, page: ConsentPage, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    await received.show(page);
    return result;
  } catch (error) {
    await received.show(refusedPage(describeError(error)));
    throw error;
  }
}
