import { deployCommand } from '../../declaration/deploy-command';
import { declaringFile } from '../../declaration/deployment-file';
import { integrationEntry } from '../../declaration/derived/integration-entry';
import type { Deployment, Integration } from '../../declaration/schema/deployment';
import type { IntegrationLine } from '../report';
import { Problem } from './examination';
import { requireSound } from './line-checks';

/**
 * Compares the entry of the engine with the declaration. The engine keeps no redirect URL: each consent sends one.
 *
 * @throws Problem if the entry is missing, refused by Webex, or differs from the declaration
 */
export function checkIntegration({ webex }: Deployment, { clientId }: Integration, line: IntegrationLine): string {
  const deploy = deployCommand();
  const { state, detail, entry } = line;
  if (state === 'missing' && clientId === undefined) {
    throw new Problem(detail, `give it its clientId in ${declaringFile()}, then: ${deploy}`);
  }
  if (entry !== undefined) {
    if (clientId !== undefined && clientId !== entry.clientId) {
      throw new Problem(`Vault has client id "${entry.clientId}", and "${clientId}" is declared`, deploy);
    }
    const declared = integrationEntry(entry.clientId, webex.apiUrl).provider_options;
    for (const [option, value] of Object.entries(declared)) {
      const got = entry.providerOptions[option];
      if (got !== value) {
        throw new Problem(`its ${option} in Vault is ${got ?? 'not set'}, and ${value} is declared`, deploy);
      }
    }
  }
  const found = requireSound('integration', [line]);
  return clientId === undefined ? `${found}; no client id is declared here to compare` : `${found}, as declared`;
}
