import { randomBytes } from 'node:crypto';
import { explainedBy, ExplainedError, VaultResponseError, whatVaultSaid } from '#core';
import { type ExpectedRedirect, RedirectState } from '../browser/redirect';
import { deployCommand } from '../declaration/deploy-command';
import { loginReply, oidcUrlReply } from '../vault/replies';
import type { VaultClient } from '../vault/vault-client';
import type { OidcPlace } from './oidc-place';
import { refusedByProvider, refusedByVault } from './oidc-refusal';

/*
 * One login of a person at the identity provider of the organization. It begins with an address for the browser, and ends with
 * the code of the redirect.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/auth/jwt#oidc-authorization-url-request
 */

export interface OidcOperatorLogin {
  readonly token: string;
  readonly expireTime: Date;
}

export class OidcAttempt {
  private constructor(
    private readonly place: OidcPlace,
    /** Page of the identity provider. */
    readonly url: string,
    private readonly state: RedirectState,
    private readonly nonce: string,
  ) {}

  /** @param vault without a token. Vault keeps the state for ten minutes. @throws ExplainedError if nobody can log in there */
  static async begin(vault: VaultClient, place: OidcPlace): Promise<OidcAttempt> {
    // Only Vault and this process know the nonce, so a stolen redirect is useless.
    const nonce = randomBytes(32).toString('base64url');
    const url = await loginUrl(vault, place, nonce);
    return new OidcAttempt(place, url, new RedirectState(new URL(url).searchParams.get('state') ?? undefined), nonce);
  }

  /** The redirect that ends the visit at the identity provider. */
  get expected(): ExpectedRedirect {
    return { state: this.state, explain: (error, said) => refusedByProvider(this.place, error, said) };
  }

  /** @param vault without a token @throws NotPermitted, TemporarilyUnavailable, ExplainedError if Vault refuses */
  async finish(vault: VaultClient, code: string): Promise<OidcOperatorLogin> {
    const query = { state: this.state.value, code, client_nonce: this.nonce };
    const sent = new URLSearchParams(query).toString();
    try {
      const path = `auth/${this.place.oidc.path}/oidc/callback?${sent}`;
      const { auth } = await vault.connection.read(path, (reply) => loginReply.parse(reply));
      return { token: auth.client_token, expireTime: new Date(Date.now() + auth.lease_duration * 1000) };
    } catch (error) {
      if (error instanceof VaultResponseError) {
        throw refusedByVault(this.place, error, whatVaultSaid(error, Object.values(query)));
      }
      // Errors about an answer name the path, which here contains the code.
      throw error instanceof ExplainedError && error.message.includes(sent)
        ? new ExplainedError(error.message.replaceAll(`?${sent}`, ''))
        : error;
    }
  }
}

async function loginUrl(vault: VaultClient, { oidc, role, redirectUrl }: OidcPlace, nonce: string): Promise<string> {
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
