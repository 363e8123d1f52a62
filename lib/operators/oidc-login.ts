import { randomBytes } from 'node:crypto';
import {
  ExplainedError,
  explainedBy,
  isLoopback,
  NotPermitted,
  quotedList,
  TemporarilyUnavailable,
  UsageError,
  VaultResponseError,
  whatVaultSaid,
} from '#core';
import type { BrowserPage } from '../browser/browser-page';
import { RedirectState } from '../browser/redirect';
import { RedirectListener } from '../browser/redirect-listener';
import { visit, withOutcome } from '../browser/visit';
import { deployCommand } from '../declaration/deploy-command';
import { OIDC_SECRET } from '../declaration/derived/client-secret';
import type { Deployment } from '../declaration/schema/deployment';
import { declaringFile } from '../declaration/deployment-file';
import { oidcRoles, type OidcDeclaration, type OidcRole } from '../declaration/derived/oidc-method';
import { graceSignal } from '../vault/grace-signal';
import { loginReply, oidcUrlReply } from '../vault/replies';
import type { VaultClient } from '../vault/vault-client';

/*
 * Login of a person as an operator, in the browser, at the identity provider of the organization. `bao login -method=oidc`
 * does the same.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/auth/jwt#oidc-authorization-url-request
 */

export interface OidcLoginOptions {
  /** Without a token, in the namespace of the deployment. */
  readonly vault: VaultClient;
  readonly deployment: Deployment;
  readonly operator: string;
  /**
   * Shows the page of the identity provider, or logs in itself. The listener for the redirect is ready by then.
   *
   * @param over aborted once the redirect has come, or the wait is over
   */
  readonly onUrl: (url: string, over: AbortSignal) => void | Promise<void>;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

export interface OidcOperatorLogin {
  readonly token: string;
  readonly expireTime: Date;
}

interface Attempt {
  readonly oidc: OidcDeclaration;
  readonly role: OidcRole;
  readonly redirectUrl: string;
}

/** @throws UsageError if the declaration allows no such login; ExplainedError; the signal's reason */
export async function logInByOidc(options: OidcLoginOptions): Promise<OidcOperatorLogin> {
  const { vault, onUrl, timeoutSeconds, signal } = options;
  const attempt = attemptOf(options);
  const { role, oidc, redirectUrl } = attempt;
  await using channel = await RedirectListener.bind(redirectUrl);
  // Only Vault and this command know the nonce, so a stolen redirect is useless.
  const nonce = randomBytes(32).toString('base64url');
  const url = await loginUrl(vault.endedBy(signal), attempt, nonce);
  const state = new RedirectState(new URL(url).searchParams.get('state') ?? undefined);
  const received = await visit({
    channel,
    expected: { state, explain: (error, said) => refusedByProvider(oidc, error, said) },
    show: (over) => onUrl(url, over),
    timeoutSeconds,
    tooLate: () => new ExplainedError(`nobody logged in within ${timeoutSeconds} s; run it again`),
    signal,
  });
  return await withOutcome(received, loggedInPage(role), async () => {
    const query = { state: state.value, code: received.code, client_nonce: nonce };
    // Not aborted at once, because the token of an answer that is dropped could not be revoked.
    const login = await exchange(vault.endedBy(graceSignal(signal)), attempt, query);
    if (signal.aborted) {
      await vault
        .withToken(login.token)
        .connection.revokeToken()
        .catch(() => undefined);
    }
    signal.throwIfAborted();
    return login;
  });
}

function attemptOf({ deployment, operator }: OidcLoginOptions): Attempt {
  const { oidc } = deployment.operators ?? {};
  if (oidc === undefined) {
    throw new UsageError(
      `${declaringFile()} declares no operators.oidc, so nobody can log in by OIDC; leave out --oidc, or declare it and deploy`,
    );
  }
  const roles = oidcRoles(deployment);
  const role = roles.find((each) => each.operator === operator);
  if (role === undefined) {
    throw new UsageError(
      `operators.oidc.groups names no group whose members may act as the ${operator}, only as ${quotedList(roles.map((each) => each.operator))}; leave out --oidc to log in by its AppRole, or declare such a group`,
    );
  }
  const redirectUrl = oidc.redirectUrls.find((each) => {
    const { protocol, hostname } = new URL(each);
    return protocol === 'http:' && isLoopback(hostname);
  });
  if (redirectUrl === undefined) {
    throw new UsageError(
      `none of operators.oidc.redirectUrls leads to this machine, got ${quotedList(oidc.redirectUrls)}; declare "http://localhost:8250/oidc/callback" too, and register it at the identity provider`,
    );
  }
  return { oidc, role, redirectUrl };
}

async function loginUrl(vault: VaultClient, { oidc, role, redirectUrl }: Attempt, nonce: string): Promise<string> {
  const request = { role: role.operator, redirect_uri: redirectUrl, client_nonce: nonce };
  const reply = await vault.write(`auth/${oidc.path}/oidc/auth_url`, request, oidcUrlReply).catch((error: unknown) => {
    if (!(error instanceof VaultResponseError) || error.isTransient) {
      throw error;
    }
    // Without such a method, Vault requires a token for its path.
    const what = error.statusCode === 400 ? `says: ${whatVaultSaid(error)}` : `has no auth method at "${oidc.path}"`;
    throw explainedBy(
      error,
      `nobody can log in as the ${role.operator} by OIDC yet: Vault ${what}; deploy the declaration first: ${deployCommand()}`,
    );
  });
  const { auth_url: url } = reply.data;
  if (url !== '' && !new URL(url).searchParams.get('state')) {
    // Without a state, a redirect of any other login would be accepted.
    throw new ExplainedError(
      `Vault returned a login address without a state, so the redirect could come from another login; nothing was opened; check that VAULT_ADDR is a Vault or OpenBao server`,
    );
  }
  if (url === '') {
    throw new ExplainedError(
      `Vault returned no login address: it cannot reach the identity provider ${oidc.issuer}, or does not accept ${redirectUrl}. Look for the reason in its log, then correct the provider, or deploy again: ${deployCommand()}`,
    );
  }
  return url;
}

async function exchange(
  vault: VaultClient,
  attempt: Attempt,
  query: { readonly state: string; readonly code: string; readonly client_nonce: string },
): Promise<OidcOperatorLogin> {
  const sent = new URLSearchParams(query).toString();
  try {
    const path = `auth/${attempt.oidc.path}/oidc/callback?${sent}`;
    const { auth } = await vault.connection.read(path, (reply) => loginReply.parse(reply));
    return { token: auth.client_token, expireTime: new Date(Date.now() + auth.lease_duration * 1000) };
  } catch (error) {
    if (error instanceof VaultResponseError) {
      throw refusedByVault(attempt, error, whatVaultSaid(error, Object.values(query)));
    }
    // Errors about an answer name the path, which here contains the code.
    throw error instanceof ExplainedError && error.message.includes(sent)
      ? new ExplainedError(error.message.replaceAll(`?${sent}`, ''))
      : error;
  }
}

/** Vault's refusal of the provider's answer, by Vault's words. */
function refusedByVault({ oidc, role }: Attempt, error: VaultResponseError, said: string): ExplainedError {
  const { issuer, groupsClaim } = oidc;
  const claim = `claim "${groupsClaim}"`;
  if (said.includes('Expired or missing OAuth state')) {
    return new ExplainedError(
      'this login was completed already, or took longer than the 10 minutes that Vault waits; run it again',
    );
  }
  if (said.includes(`${claim} is missing`)) {
    return new NotPermitted(
      `${issuer} does not send your groups: its answer to Vault has no ${claim}; add that claim there, or correct operators.oidc.groupsClaim or scopes`,
    );
  }
  if (said.includes(`${claim} does not match`)) {
    return new NotPermitted(
      `you may not act as the ${role.operator}: by ${claim} of ${issuer}, you are in none of ${quotedList(role.groups)}; ask to be added to one there`,
    );
  }
  if (/invalid_client|unauthorized_client/.test(said)) {
    return new ExplainedError(
      `${issuer} refuses Vault (${said}): the client secret of ${OIDC_SECRET.of} is wrong or replaced; set TF_VAR_${OIDC_SECRET.variable}, raise its clientSecretVersion, and deploy: ${deployCommand()}`,
    );
  }
  if (said.includes('invalid_grant')) {
    return new ExplainedError(
      `${issuer} does not accept its code any more (${said}), which is valid once and for a short time; run it again`,
    );
  }
  if (error.isTransient || /dial tcp|connection re|timeout|deadline|no such host/i.test(said)) {
    return new TemporarilyUnavailable(
      `Vault got no answer from the identity provider ${issuer} (${error.statusCode}: ${said || 'no message'}); try again once it can be reached from the server`,
    );
  }
  return new ExplainedError(
    `Vault does not log you in as the ${role.operator} (${error.statusCode}: ${said || 'no message'}); check the client of operators.oidc at ${issuer}, and its declaration`,
  );
}

/** @see https://openid.net/specs/openid-connect-core-1_0.html#AuthError */
function refusedByProvider({ issuer, clientId }: OidcDeclaration, error: string, said: string): ExplainedError {
  switch (error) {
    case 'access_denied':
      return new NotPermitted(
        `the login was canceled or refused at ${issuer} (${said}); run it again, or ask its administrator`,
      );
    case 'server_error':
    case 'temporarily_unavailable':
      return new TemporarilyUnavailable(`${issuer} had an internal error (${said}); try again later`);
    default:
      return new ExplainedError(
        `${issuer} did not log you in (${said}); check the registration of client "${clientId}" there`,
      );
  }
}

function loggedInPage({ operator }: OidcRole): BrowserPage {
  const text = `You act as the ${operator} now. You can close this window; the terminal has the Vault token.`;
  return { status: 200, tone: 'good', title: 'Logged in', text };
}
