import { z } from 'zod';
import { ourCommand } from '#core';
import type { Deployment, Integration } from '../../declaration/schema/deployment';
import { declaringFile } from '../../declaration/deployment-file';
import { integrationEntry } from '../../declaration/derived/integration-entry';
import { vaultName } from '../../declaration/schema/vault-name';
import type { VaultClient } from '../../vault/vault-client';
import { lookAtIntegration } from '../integration-look';
import { Wrong, type Sound } from './examination';

const entryReply = z.object({
  data: z.object({
    client_id: z.string(),
    provider_options: z.record(z.string(), z.string()).nullable(),
  }),
});

/** An integration, as the engine has it. */
export interface FoundIntegration {
  readonly integration: Integration;
  readonly clientId: string;
}

/**
 * The engine keeps no redirect URL, which each consent brings along.
 *
 * @throws Wrong where it is not there, or not as it is declared
 */
export async function checkIntegration(
  observer: VaultClient,
  { engine, webex }: Deployment,
  integration: Integration,
): Promise<Sound<FoundIntegration>> {
  const { clientId } = integration;
  const deploy = ourCommand('deploy', 'webex-tokens');
  const { severity, detail, next } = await lookAtIntegration(observer, engine.mountPath, integration, []);
  if (severity !== 'healthy') {
    const first = clientId === undefined ? `give it its clientId in ${declaringFile()}, then: ` : '';
    throw new Wrong(detail, `${first}${next ?? deploy}`);
  }
  const { data } = await observer.read(`${engine.mountPath}/servers/${vaultName(integration)}`, entryReply);
  if (clientId !== undefined && clientId !== data.client_id) {
    throw new Wrong(`Vault has client id "${data.client_id}", and "${clientId}" is declared`, deploy);
  }
  const declared = integrationEntry(data.client_id, webex.apiUrl).provider_options;
  for (const [option, value] of Object.entries(declared)) {
    const got = data.provider_options?.[option];
    if (got !== value) {
      throw new Wrong(`its ${option} in Vault is ${got ?? 'not set'}, and ${value} is declared`, deploy);
    }
  }
  return {
    detail: clientId === undefined ? `${detail}; no client id is declared here to compare` : `${detail}, as declared`,
    found: { integration, clientId: data.client_id },
  };
}
