import {
  ExplainedError,
  IntegrationRefused,
  NotDeployed,
  NotPermitted,
  TemporarilyUnavailable,
  type VaultConnection,
  VaultResponseError,
} from 'webex-token-client';
// From core, as this does more than read tokens: what Vault refuses is told in the client's words, free of secrets.
import { explainRefusal, whatVaultSaid, whatWebexRefused } from '#core';
import { z } from 'zod';
import type { Credential } from './credential';

const urlReply = z.object({ data: z.object({ url: z.url({ protocol: /^https?$/ }) }) });
const capabilitiesReply = z.object({ data: z.record(z.string(), z.array(z.string())) });

/**
 * The oauthapp engine, as a program calls it that authorizes.
 *
 * @see https://github.com/puppetlabs/vault-plugin-secrets-oauthapp
 */
export class Engine {
  readonly #vault: VaultConnection;

  /**
   * @param vault with a token of the authorizer
   * @param redirectUrl as it is registered at Webex
   */
  constructor(
    vault: VaultConnection,
    readonly mountPath: string,
    readonly redirectUrl: string,
  ) {
    this.#vault = vault;
  }

  /** What the authorizer's token may do on each path. @throws VaultResponseError, VaultUnreachableError */
  async capabilities(paths: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
    return this.#vault.write('sys/capabilities-self', { paths }, (reply) => capabilitiesReply.parse(reply).data);
  }

  /**
   * The URL at Webex where a person consents; Webex fills the owner's email in.
   *
   * @throws ExplainedError where Vault gives none
   */
  async consentUrl(credential: Credential, state: string): Promise<string> {
    const { name, integration, scopes, owner } = credential;
    const request = {
      server: integration,
      redirect_url: this.redirectUrl,
      scopes: scopes.join(','),
      state,
      ...(owner === undefined ? {} : { auth_url_params: { login_hint: owner } }),
    };
    try {
      const path = `${this.mountPath}/auth-code-url`;
      return await this.#vault.write(path, request, (reply) => urlReply.parse(reply).data.url);
    } catch (error) {
      throw error instanceof VaultResponseError
        ? (this.#explainRequest(error, credential) ?? this.explain(error, name))
        : error;
    }
  }

  /**
   * Has the engine exchange the code; the code goes nowhere else. What stood in the credential is replaced only where
   * Webex accepts the code.
   *
   * @throws ExplainedError where it is not accepted
   */
  async exchange(credential: Credential, code: string): Promise<void> {
    const { name, integration } = credential;
    const data = { server: integration, code, redirect_url: this.redirectUrl };
    try {
      await this.#vault.write(`${this.mountPath}/creds/${name}`, data, () => undefined);
    } catch (error) {
      throw error instanceof VaultResponseError
        ? (explainExchange(error, credential, code) ?? this.explain(error, name, code))
        : error;
    }
  }

  /** Forgets a grant. @throws VaultResponseError, VaultUnreachableError */
  async delete(name: string): Promise<void> {
    await this.#vault.delete(`${this.mountPath}/creds/${name}`);
  }

  /** What a refusal of Vault means. @param secret that was sent, hidden where Vault quotes it */
  explain(error: VaultResponseError, name: string, secret = ''): ExplainedError {
    return explainRefusal(error, this.#vault.address, this.mountPath, name, [secret]);
  }

  #explainRequest(error: VaultResponseError, { integration, scopes }: Credential): ExplainedError | undefined {
    switch (error.statusCode) {
      case 400:
        return new NotDeployed(
          `Vault gives no consent URL for integration "${integration}" (${whatVaultSaid(error) || 'no message'}); correct --integration, or have it deployed`,
        );
      case 403:
        return new NotPermitted(
          `Vault does not let this token ask for the scopes "${scopes.join(' ')}" of integration "${integration}" with redirect URL ${this.redirectUrl}; correct --scope, --integration and --redirect-url to what is deployed`,
        );
      default:
        return undefined;
    }
  }
}

function explainExchange(
  error: VaultResponseError,
  { name, integration }: Credential,
  code: string,
): ExplainedError | undefined {
  const said = whatVaultSaid(error, [code]) || 'no message';
  if (whatWebexRefused(said) === 'client') {
    return new IntegrationRefused(
      name,
      said,
      `the client id and secret of integration "${integration}" are not those that Webex has (${said}), so the code could not be exchanged; have them corrected and deployed`,
    );
  }
  if (said.includes('server rejected request')) {
    return new ExplainedError(
      `Webex did not accept the authorization code (${said}); nothing was changed; start again, and consent without delay`,
    );
  }
  if (error.statusCode >= 500 && !said.includes('sealed')) {
    return new TemporarilyUnavailable(
      `Vault could not exchange the code at Webex (${said}); nothing was changed; check that the server reaches Webex, then start again`,
    );
  }
  return undefined;
}
