import { commandLine } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import type { Integration } from '../../declaration/schema/deployment';
import { integrationReply } from '../../vault/replies';
import { undefinedIfMissing, type VaultClient } from '../../vault/vault-client';
import { lineOf, type CredentialLine, type IntegrationLine } from '../report';
import { lineOrRefusal } from './vault-refusal';

/** Whether the engine has the entry of an integration. @throws VaultUnreachableError */
export async function lookAtEntry(
  vault: VaultClient,
  mountPath: string,
  integration: Integration,
): Promise<IntegrationLine> {
  const { name } = integration;
  const next = deployCommand();
  return lineOrRefusal({ name, next }, async () => {
    const path = `${mountPath}/servers/${integration.vaultName}`;
    const found = await vault.read(path, integrationReply).catch(undefinedIfMissing);
    if (found === undefined) {
      const missing = 'the engine has no entry for it, so none of its grants can be refreshed';
      return lineOf(name, 'missing', 'broken', missing, next);
    }
    const { client_id: clientId, provider_options: providerOptions } = found.data;
    const line = lineOf(name, 'present', 'healthy', 'the engine has its entry');
    return { ...line, entry: { clientId, providerOptions } };
  });
}

/** A present integration becomes `refused` if one of its credentials reports that Webex refuses the integration. */
export function withRefusals(line: IntegrationLine, credentials: readonly CredentialLine[]): IntegrationLine {
  const refused = credentials.filter(
    ({ integration, state }) => integration === line.name && state === 'integration refused',
  );
  const worst = refused.find(({ severity }) => severity === 'broken') ?? refused[0];
  return worst === undefined || line.state !== 'present'
    ? line
    : {
        ...line,
        state: 'refused',
        severity: worst.severity,
        detail: `Webex refuses it at the refresh of "${worst.name}": its client secret was changed, or it was switched off`,
        next: commandLine('rotate-secret', line.name),
      };
}
