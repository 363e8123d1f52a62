import { ExplainedError } from '#core';
import { declaringFile } from '../deployment-file';
import { integrationSecret, type ClientSecret } from '../derived/client-secret';
import { healingIntegrations } from '../derived/healing-credentials';
import { integrationEntry } from '../derived/integration-entry';
import type { Deployment, Integration } from '../schema/deployment';
import { healingPathOf } from '../schema/engine-declaration';

/** An integration: its entry in the engine, and its client secret. The secret is not in the state. */
export interface ResolvedIntegration {
  /** Name in the engine. */
  readonly vaultName: string;
  /** All fields of the entry except the secret. */
  readonly entry: ReturnType<typeof integrationEntry>;
  readonly secret: ClientSecret;
  readonly clientSecretVersion: number;
  /** Vault keeps a second copy of the secret, for healing. */
  readonly keepsSecret: boolean;
}

/** @throws ExplainedError naming the first integration without a client id */
export function resolveIntegrations(deployment: Deployment): ResolvedIntegration[] {
  const healed = healingIntegrations(deployment);
  return deployment.integrations.map((integration) => ({
    vaultName: integration.vaultName,
    entry: integrationEntry(clientIdOf(integration), deployment.webex.apiUrl),
    secret: integrationSecret(integration.name),
    clientSecretVersion: integration.clientSecretVersion,
    keepsSecret: healed.includes(integration.vaultName),
  }));
}

/** Path of the client secrets for healing. @returns undefined if there are none */
export function keptSecretsPath(deployment: Deployment): string | undefined {
  return healingIntegrations(deployment).length === 0 ? undefined : healingPathOf(deployment.engine.mountPath);
}

function clientIdOf({ name, clientId }: Integration): string {
  if (clientId === undefined) {
    throw new ExplainedError(
      `integration "${name}" has no clientId in ${declaringFile()}; copy it from Webex, or set the environment variable that the file reads`,
    );
  }
  return clientId;
}
