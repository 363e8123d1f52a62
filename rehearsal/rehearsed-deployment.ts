import type { Deployment } from '../lib/declaration/schema/deployment';
import type { IdentityStandIns } from './identity/stand-ins';

/** What stands in for the servers that a declaration names. */
export interface RehearsalServers {
  readonly vaultAddress: string;
  readonly webexApiUrl: string;
  /** Port of every redirect URL. */
  readonly redirectPort: number;
  readonly pluginPath: string;
  /** @default - apps log in where they are declared to, which nobody can here */
  readonly identities?: IdentityStandIns;
}

/** What of a declaration a rehearsal leaves out, a line each. */
export function leftOut({ operators }: Deployment): string[] {
  return operators?.oidc === undefined
    ? []
    : ['operators.oidc is not rehearsed: the identity provider is elsewhere, and here operators log in by AppRole'];
}

/**
 * The user's own declaration pointed at the servers of a rehearsal: same names, scopes, policies and mount, other
 * addresses.
 */
export function rehearse(deployment: Deployment, servers: RehearsalServers): Deployment {
  return {
    ...deployment,
    backend: undefined,
    // It is applied with the provisioner's own token, which must not be able to write that policy.
    manageProvisioner: false,
    vault: { address: servers.vaultAddress, namespace: deployment.vault.namespace },
    webex: { ...deployment.webex, apiUrl: servers.webexApiUrl },
    engine: {
      ...deployment.engine,
      // What somebody has made elsewhere is not here.
      import: false,
      // It ends anyway.
      preventDestroy: false,
      plugin: {
        ...deployment.engine.plugin,
        path: servers.pluginPath,
        sha256: undefined,
        command: undefined,
        // From within a namespace nobody can; the rehearsal does it.
        manage: deployment.vault.namespace === undefined,
      },
    },
    // Nor is what somebody else has set up there.
    appRole: { ...deployment.appRole, manage: true },
    operators: undefined,
    apps: deployment.apps.map((app) => ({
      ...app,
      identity: servers.identities === undefined ? app.identity : servers.identities.pointed(app.identity),
      boundCidrs: app.boundCidrs.length === 0 ? [] : [...app.boundCidrs, '127.0.0.1/32'],
    })),
    integrations: deployment.integrations.map((integration) => ({
      ...integration,
      clientId: integration.clientId ?? `rehearsal-${integration.name}`,
      redirectUrl: withPort(integration.redirectUrl, servers.redirectPort),
    })),
  };
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}
