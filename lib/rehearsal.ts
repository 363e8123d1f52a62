import { z } from 'zod';
import type { Deployment } from './deployment';

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

/** Environment in which `deployment.ts` declares the rehearsal instead. */
export function rehearsalEnvironment(rehearsal: Rehearsal): Record<string, string> {
  return { [REHEARSAL_VARIABLE]: JSON.stringify(rehearsal) };
}

export function rehearsalFromEnvironment(env: NodeJS.ProcessEnv): Rehearsal | undefined {
  const json = env[REHEARSAL_VARIABLE];
  return json ? schema.parse(JSON.parse(json)) : undefined;
}

export function rehearse(deployment: Deployment, rehearsal: Rehearsal): Deployment {
  return {
    ...deployment,
    backend: undefined,
    // It is applied with the provisioner's own token, which must not be able to write that policy.
    declareProvisioner: false,
    vault: { address: rehearsal.vaultAddress, namespace: deployment.vault.namespace },
    webex: { ...deployment.webex, apiUrl: rehearsal.webexApiUrl },
    engine: {
      ...deployment.engine,
      plugin: { ...deployment.engine.plugin, path: rehearsal.pluginPath, sha256: undefined, command: undefined },
    },
    integrations: deployment.integrations.map((integration) => ({
      ...integration,
      clientId: integration.clientId ?? `rehearsal-${integration.name}`,
      redirectUrl: withPort(integration.redirectUrl, rehearsal.redirectPort),
    })),
  };
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}
