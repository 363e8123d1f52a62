import type { Deployment } from './deployment';

/*
 * A rehearsal is the user's own declaration pointed at the servers in `rehearsal/`: same names, scopes, policies and
 * mount, other addresses. Quickstart and the tests set it for the processes that they start.
 */

const REHEARSAL_VARIABLE = 'WEBEX_TOKEN_VAULT_REHEARSAL';

export interface Rehearsal {
  readonly vaultAddress: string;
  readonly webexApiUrl: string;
  /** Port of every redirect URL. */
  readonly redirectPort: number;
  readonly pluginPath: string;
}

/** Environment in which this deployment is the one that `deployment.ts` declares. */
export function rehearsalEnvironment(deployment: Deployment): Record<string, string> {
  return { [REHEARSAL_VARIABLE]: JSON.stringify(deployment) };
}

/** What to take for declared instead; the schema has yet to see it. */
export function rehearsedDeployment(env: NodeJS.ProcessEnv): unknown {
  const json = env[REHEARSAL_VARIABLE];
  return json ? JSON.parse(json) : undefined;
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
      plugin: {
        ...deployment.engine.plugin,
        path: rehearsal.pluginPath,
        sha256: undefined,
        command: undefined,
        // From within a namespace nobody can; the stage does it.
        register: deployment.vault.namespace === undefined,
      },
    },
    // What somebody else has set up elsewhere is not here.
    declareAppRole: true,
    apps: deployment.apps.map((app) => ({
      ...app,
      boundCidrs: app.boundCidrs.length === 0 ? [] : [...app.boundCidrs, '127.0.0.1/32'],
    })),
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
