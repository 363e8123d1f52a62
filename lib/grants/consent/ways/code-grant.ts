import type { RetryOptions } from '#core';
import { ownerAccount } from '../account';
import { checkAuthorizer } from '../authorizer-checks';
import { askForConsent, type ShowUrl } from '../consent';
import { withOutcome } from '../../../browser/visit';
import { authorizedPage } from '../consent-page';
import { findCredential, findIntegration } from '../../../declaration/derived/by-name';
import type { Deployment } from '../../../declaration/schema/deployment';
import { engineWaitMs } from '../../../declaration/derived/engine-wait';
import { findGrant, worksAlready } from '../existing-grant';
import { RetryPeriod } from '../retry-period';
import { PastedRedirect, type AskForRedirect } from '../pasted-redirect';
import { checkWebex } from '../../../webex/reachable-webex';
import { RedirectListener } from '../../../browser/redirect-listener';
import { storeGrant, type ConsentRun, type Grant } from '../grant';
import { readGraceSignal } from '../../../vault/grace-signal';
import type { VaultClient } from '../../../vault/vault-client';

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
  /** How the redirected URL is pasted, on a machine without a browser. @default - listens on the redirect URL */
  readonly askForRedirect?: AskForRedirect;
  /** How long one consent may take. @default 300 */
  readonly timeoutSeconds?: number;
  /** How long it is looked whether a grant was stored, where Vault's answer to the code was lost. @default - as long as the engine may take */
  readonly lostAnswerMs?: number;
  /** How often Webex is asked whose account a stored grant is. @default - 4 times, within seconds */
  readonly retryPeriod?: Omit<RetryOptions, 'wait'>;
  /** Ends what comes before the consent, and the wait for it; an exchange that has begun is finished. @default - none */
  readonly signal?: AbortSignal;
}

/**
 * Has a person consent, once, and leaves the grant in Vault.
 *
 * The engine exchanges a code and stores the tokens in one step, so the account shows only afterwards. This way therefore
 * replaces no grant that works: {@link authorizeByPkce} looks at the account first.
 *
 * @throws ExplainedError for everything that a person can act on, and the signal's reason
 */
export async function authorize(options: AuthorizeOptions): Promise<Grant> {
  const { vault, deployment, credentialName, askForRedirect, onNotice, signal } = options;
  const credential = findCredential(deployment, credentialName);
  const integration = findIntegration(deployment, credential.integration);
  await checkAuthorizer(vault.endedBy(signal), deployment, credential);
  await using channel =
    askForRedirect === undefined
      ? await RedirectListener.bind(integration.redirectUrl, 'use --no-browser')
      : new PastedRedirect(integration.redirectUrl, askForRedirect);
  const notice = onNotice ?? (() => undefined);
  const run: ConsentRun = {
    vault,
    mountPath: deployment.engine.mountPath,
    recordsPath: deployment.engine.recordsPath,
    apiUrl: deployment.webex.apiUrl,
    integration,
    credential,
    channel,
    onUrl: options.onUrl,
    notice,
    retryPeriod: new RetryPeriod(notice, signal, options.retryPeriod),
    timeoutSeconds: options.timeoutSeconds ?? 300,
    lostAnswerMs: options.lostAnswerMs ?? engineWaitMs(deployment.engine),
    signal: signal ?? new AbortController().signal,
  };
  // Not ended at once: this read may refresh the token, and could then lose the grant.
  const reader = vault.endedBy(readGraceSignal(signal, deployment.engine));
  const existing = await findGrant(reader, run.mountPath, credential);
  signal?.throwIfAborted();
  if (existing !== undefined) {
    throw await worksAlready(credential, existing, run.apiUrl, signal);
  }
  if (credential.owner !== undefined) {
    await checkWebex(run.apiUrl, signal);
  }
  return await establish(run);
}

/**
 * The code is exchanged into the credential itself, because no working grant is at risk. Somebody else may have authorized
 * the credential while the browser was open, so it is read again directly before the exchange.
 */
async function establish(run: ConsentRun): Promise<Grant> {
  const { vault, mountPath, apiUrl, credential, signal } = run;
  const { name, owner } = credential;
  const received = await askForConsent(run, owner);
  return withOutcome(received, authorizedPage(name), async () => {
    const present = await findGrant(vault, mountPath, credential, 'nothing was changed');
    if (present !== undefined) {
      throw await worksAlready(credential, present, apiUrl, signal);
    }
    const outcomes = { kept: `"${name}" is authorized`, removed: 'the credential is deleted' };
    return storeGrant(run, received.code, outcomes, owner === undefined ? undefined : ownerAccount(owner));
  });
}
