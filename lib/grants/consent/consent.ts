import { ExplainedError, explainOutage, oneLine, VaultResponseError, whatVaultSaid } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import type { Credential, Integration } from '../../declaration/schema/deployment';
import { declaringFile } from '../../declaration/deployment-file';
import { nameInVault } from '../../declaration/schema/vault-name';
import { RedirectState, type ReceivedCode, type RedirectChannel } from '../../browser/redirect';
import { visit } from '../../browser/visit';
import { consentRefused } from './consent-refused';
import { consentUrlReply } from '../../vault/replies';
import { type VaultClient } from '../../vault/vault-client';
import { consentRefusal, noConsentPage } from '../../webex/consent-refusal';

/*
 * One consent: ask the engine for the URL, and have a person visit it.
 */

/** What is consented to, and where the grant goes. */
export interface ConsentSubject {
  readonly vault: VaultClient;
  readonly mountPath: string;
  readonly integration: Integration;
  readonly credential: Credential;
}

/**
 * Shows the URL to whoever consents; may take as long as the consent does.
 *
 * @param over aborted once the consent has come, or is waited for no longer
 */
export type ShowUrl = (url: string, over: AbortSignal) => void | Promise<void>;

/** Where a person consents, and where the answer arrives. */
export interface ConsentRoom {
  readonly integration: Integration;
  readonly credential: Credential;
  readonly channel: RedirectChannel;
  readonly onUrl: ShowUrl;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

export interface ConsentContext extends ConsentSubject, ConsentRoom {}

/** Longest wait for the check before a person is asked. */
const CHECK_TIMEOUT_MS = 10_000;

/**
 * The URL at Webex where a person consents.
 *
 * @param loginHint email that Webex fills in
 * @throws ExplainedError where Vault gives none
 */
async function consentUrl(subject: ConsentSubject, state: RedirectState, loginHint?: string): Promise<string> {
  const { vault, mountPath, integration, credential } = subject;
  const request = {
    server: nameInVault(integration),
    redirect_url: integration.redirectUrl,
    scopes: credential.scopes.join(','),
    state: state.value,
    ...(loginHint === undefined ? {} : { auth_url_params: { login_hint: loginHint } }),
  };
  try {
    return (await vault.write(`${mountPath}/auth-code-url`, request, consentUrlReply)).data.url;
  } catch (error) {
    if (error instanceof VaultResponseError && error.isTransient) {
      throw explainOutage(error, vault.address, `give a consent URL for integration "${integration.name}"`);
    }
    throw error instanceof VaultResponseError
      ? new ExplainedError(
          `Vault gives no consent URL for integration "${integration.name}" (${error.statusCode}: ${whatVaultSaid(error) || 'no message'}); deploy stack webex-tokens again, so that Vault and ${declaringFile()} agree`,
        )
      : error;
  }
}

/**
 * Has a person consent at the URL that the engine gives.
 *
 * @param loginHint email that Webex fills in
 * @throws ConsentRefused, or ExplainedError where nobody consents in time; the signal's reason where it is aborted
 */
export async function askForConsent(context: ConsentContext, loginHint?: string): Promise<ReceivedCode> {
  const state = new RedirectState();
  const url = await consentUrl({ ...context, vault: context.vault.endedBy(context.signal) }, state, loginHint);
  return awaitConsent(context, state, url);
}

/**
 * Has a person visit the URL, and waits for what Webex answers to it.
 *
 * @param url asks for that state
 * @throws as {@link askForConsent}
 */
export async function awaitConsent(context: ConsentRoom, state: RedirectState, url: string): Promise<ReceivedCode> {
  const { integration, credential, channel, onUrl } = context;
  await requireConsentPage(context, url);
  const asked = { integration: integration.name, scopes: credential.scopes };
  return visit({
    ...context,
    channel,
    expected: { state, explain: (error, said) => consentRefused(asked, error, said) },
    show: (over) => onUrl(url, over),
    tooLate: () => tooLate(context.timeoutSeconds),
  });
}

/**
 * For a redirect URL that is not registered Webex shows an error page and sends nobody back, so a person would wait in vain.
 * A Webex that does not answer this request may still answer the browser.
 *
 * @throws ExplainedError where Webex would refuse; the signal's reason
 */
async function requireConsentPage({ integration, credential, signal }: ConsentRoom, askedUrl: string): Promise<void> {
  const { name, redirectUrl } = integration;
  const url = new URL(askedUrl);
  // Nobody shall answer this request with a code.
  url.searchParams.set('state', 'check');
  const options = { timeoutMs: CHECK_TIMEOUT_MS, signal };
  const refusal = await consentRefusal(url, redirectUrl, options).catch(() => undefined);
  signal.throwIfAborted();
  if (refusal === undefined) {
    return;
  }
  const { status, error, said = error } = refusal;
  if (error === undefined || said === undefined) {
    const client = { name, clientId: url.searchParams.get('client_id') ?? '', redirectUrl };
    throw new ExplainedError(
      `${noConsentPage(status, client)}; nobody was asked to consent, and nothing was changed; correct them at developer.webex.com/my-apps or in ${declaringFile()}, then: ${deployCommand()}`,
    );
  }
  const refused = consentRefused({ integration: name, scopes: credential.scopes }, oneLine(error), oneLine(said));
  if (!refused.isTransient) {
    throw refused;
  }
}

function tooLate(timeoutSeconds: number): ExplainedError {
  return new ExplainedError(
    `nobody consented within ${timeoutSeconds} s; nothing was changed; run it again, with a longer --timeout if need be`,
  );
}
