import { ExplainedError, NotDeployed, NotPermitted, VaultResponseError } from '#core';
import { findCredential, findIntegration } from '../../../declaration/derived/by-name';
import type { Deployment } from '../../../declaration/schema/deployment';
import { keptSecretPath } from '../../../declaration/derived/healing-credentials';
import { nameInVault } from '../../../declaration/schema/vault-name';
import { keptSecretReply } from '../../../vault/replies';
import type { VaultClient } from '../../../vault/vault-client';
import { authorizeServiceApp } from './service-app-grant';
import type { Grant } from '../grant';

export interface HealingOptions {
  /** With a token that holds the healer's policy. */
  readonly healer: VaultClient;
  readonly deployment: Deployment;
  /** Of a credential that heals. */
  readonly credentialName: string;
  /** Takes what a person should know, a line at a time. @default - nobody is told */
  readonly onNotice?: (line: string) => void;
  /** @default - none */
  readonly signal?: AbortSignal;
}

/**
 * Gets the lost grant of a Service App again, by the client secret that is kept for that.
 *
 * @throws ExplainedError where it cannot be had; the signal's reason
 */
export async function heal(options: HealingOptions): Promise<Grant> {
  const { healer, ...rest } = options;
  // Lost is also what cannot be refreshed while its last token is still good.
  return authorizeServiceApp({ ...rest, vault: healer, replace: true, clientSecret: () => keptSecret(options) });
}

async function keptSecret({ healer, deployment, credentialName }: HealingOptions): Promise<string> {
  const { integration } = findCredential(deployment, credentialName);
  const inVault = nameInVault(findIntegration(deployment, integration));
  const path = keptSecretPath(deployment, inVault);
  try {
    return (await healer.read(path, keptSecretReply)).data.client_secret;
  } catch (error) {
    if (!(error instanceof VaultResponseError) || error.isTransient) {
      throw error;
    }
    throw error.statusCode === 403
      ? new NotPermitted(`this Vault token may not read ${path}; use one with the healer's policy`)
      : error.statusCode === 404
        ? new NotDeployed(
            `the client secret of integration "${integration}" is not kept at ${path}; deploy webex-tokens with serviceApp.autoRecover at its credential, which asks for the secret`,
          )
        : new ExplainedError(`Vault does not give the client secret at ${path} (${error.said || 'no message'})`);
  }
}
