import { describeError, ExplainedError } from 'webex-token-client/core';
import { type Person } from './people-me';
import { ownerAccount, readAccount, refuseOther, type Account, type ExpectedAccount } from './account';
import { checkAuthorizer } from './authorizer-checks';
import { askForConsent, exchangeCode, type ConsentContext, type ConsentSubject, type ShowUrl } from './consent';
import { authorizedPage, refusedPage, trialPage, type ConsentPage } from './consent-page';
import { findCredential, findIntegration, type Deployment } from '../declaration/deployment';
import { expectedAccount, findGrant, worksAlready } from './existing-grant';
import { PastedRedirect, type AskForRedirect } from './pasted-redirect';
import { scratchCredential } from '../declaration/policies';
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
  readonly scopes: readonly string[];
  /** When the first access token expires. */
  readonly expireTime?: Date;
  readonly warnings: readonly string[];
}

/** What it takes to make a grant of a code. */
export interface GrantSubject extends ConsentSubject {
  /** Base URL of the Webex API. */
  readonly apiUrl: string;
  /** Takes what a person should know, a line at a time. */
  readonly notice: (line: string) => void;
}

/** Everything that one run of {@link authorize} works with. */
type Run = ConsentContext & GrantSubject;

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
  if (existing === undefined) {
    return await establish(run);
  }
  if (!options.replace) {
    throw worksAlready(credential.name, existing);
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
 * @throws WrongAccount where it is not the owner's, with nothing stored; ExplainedError
 */
export async function storeNewGrant(subject: GrantSubject, code: string): Promise<Grant> {
  const { name, owner } = subject.credential;
  await exchangeCode(subject, code, name);
  if (owner === undefined) {
    return grant(subject, await accountOf(subject, name, `"${name}" is authorised`));
  }
  return removingOnFailure(subject, name, async () => {
    const account = await accountOf(subject, name, 'nothing is stored');
    refuseOther(ownerAccount(owner), identified(account, name), name, 'nothing is stored');
    return grant(subject, account);
  });
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
      const unchanged = `"${name}" is as it was`;
      refuseOther(expected, identified(await accountOf(run, scratch, unchanged), name), name, unchanged);
    } finally {
      await remove(run, scratch);
    }
  });

  run.notice('Consent 2 of 2, to keep:');
  const received = await askForConsent(run, expected.email);
  return withOutcome(received, authorizedPage(name), async () => {
    await exchangeCode(run, received.code, name);
    // The trial showed the right account, so the new grant stays where Webex does not say whose this one is.
    const account = await accountOf(run, name, `"${name}" is replaced`);
    return removingOnFailure(run, name, () => {
      const deleted = `"${name}" IS DELETED, since its apps must not act as somebody else, and must be authorised again`;
      refuseOther(expected, identified(account, name), name, deleted);
      return Promise.resolve(grant(run, account));
    });
  });
}

/** @param consequence state of the credential, for the error where Webex does not say whose account it is */
async function accountOf(
  { vault, mountPath, apiUrl }: GrantSubject,
  name: string,
  consequence: string,
): Promise<Account> {
  return readAccount(vault, mountPath, apiUrl, name).catch((error: unknown) => {
    throw new ExplainedError(`${consequence}, but whose account consented could not be seen: ${describeError(error)}`);
  });
}

function identified({ person }: Account, name: string): Person {
  if (person === undefined) {
    throw new ExplainedError(
      `Webex does not say whose account consented, because the scopes of "${name}" do not let it; add scope "spark:people_read" in deployment.ts and to the integration, or drop the owner`,
    );
  }
  return person;
}

function grant({ credential, notice }: GrantSubject, { reading, person }: Account): Grant {
  const { name, scopes } = credential;
  if (person === undefined) {
    notice(`Webex does not say whose account "${name}" is: its scopes do not let it.`);
  }
  return { credential: name, person, scopes, expireTime: reading.expireTime, warnings: reading.warnings };
}

async function removingOnFailure<T>(subject: GrantSubject, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await remove(subject, name);
    throw error;
  }
}

/** A failure is a notice, so that it does not hide the error that led here. */
async function remove({ vault, mountPath, notice }: GrantSubject, name: string): Promise<void> {
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
