import { z } from 'zod';
import type { DeploymentInput } from './deployment';

/*
 * A rehearsal is the user's own declaration pointed at the servers in `embedded/`: same names, scopes, policies and
 * mount, other addresses. Quickstart and the tests set it for the processes that they start.
 */

export const REHEARSAL_VARIABLE = 'WEBEX_TOKEN_VAULT_REHEARSAL';

const schema = z.strictObject({
  vaultAddress: z.string(),
  webexApiUrl: z.string(),
  /** Port of every redirect URL. */
  redirectPort: z.int(),
  pluginPath: z.string(),
});

export type Rehearsal = z.infer<typeof schema>;

/** Environment for a child process that takes part in the rehearsal. */
export function rehearsalEnvironment(rehearsal: Rehearsal): Record<string, string> {
  return { [REHEARSAL_VARIABLE]: JSON.stringify(rehearsal) };
}

/** The client id under which the simulated Webex knows an integration that declares none. */
export function rehearsedClientId(integrationName: string): string {
  return `rehearsal-${integrationName}`;
}

export function rehearse(input: DeploymentInput, json: string): DeploymentInput {
  const rehearsal = schema.parse(JSON.parse(json));
  return {
    ...input,
    backend: undefined,
    vault: { address: rehearsal.vaultAddress, namespace: input.vault.namespace },
    webex: { ...input.webex, apiUrl: rehearsal.webexApiUrl },
    engine: { ...input.engine, plugin: { ...input.engine?.plugin, path: rehearsal.pluginPath, sha256: undefined } },
    integrations: input.integrations.map((integration) => ({
      ...integration,
      clientId: integration.clientId ?? rehearsedClientId(integration.name),
      redirectUrl: withPort(integration.redirectUrl, rehearsal.redirectPort),
    })),
  };
}

function withPort(url: string, port: number): string {
  if (!URL.canParse(url)) {
    return url;
  }
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}
