import { findIntegration } from '../lib/declaration/derived/by-name';
import { consentSite, consentSites } from '../lib/declaration/derived/consent-site';
import type { Deployment } from '../lib/declaration/schema/deployment';
import type { IdentityStandIns } from './identity/stand-ins';

/** The servers that replace those of a declaration. */
export interface RehearsalServers {
  readonly vaultAddress: string;
  readonly webexApiUrl: string;
  /** Port of every redirect URL. */
  readonly redirectPort: number;
  readonly pluginPath: string;
  /** @default - apps keep their declared identities, and cannot log in here */
  readonly identities?: IdentityStandIns;
}

/** One line for each part of a declaration that a rehearsal leaves out. */
export function leftOut(deployment: Deployment): string[] {
  return [
    ...(deployment.operators?.oidc === undefined
      ? []
      : ['operators.oidc is not rehearsed: the identity provider is elsewhere, and here operators log in by AppRole']),
    ...consentSites(deployment).map(
      ({ base }) =>
        `${base.href} is not rehearsed: that host is elsewhere; with --keep, you can try its link on this machine`,
    ),
  ];
}

/** The user's declaration with the rehearsal's addresses. Names, scopes, policies and mount stay. */
export function rehearse(deployment: Deployment, servers: RehearsalServers): Deployment {
  return {
    ...deployment,
    backend: undefined,
    // The provisioner applies the stack, and must not be able to write its own policy.
    manageProvisioner: false,
    vault: { address: servers.vaultAddress, namespace: deployment.vault.namespace },
    webex: { ...deployment.webex, apiUrl: servers.webexApiUrl },
    engine: {
      ...deployment.engine,
      // An engine to import does not exist here.
      import: false,
      preventDestroy: false,
      plugin: {
        ...deployment.engine.plugin,
        path: servers.pluginPath,
        sha256: undefined,
        command: undefined,
        // Nobody can register a plugin from within a namespace, so the rehearsal does it.
        manage: deployment.vault.namespace === undefined,
      },
    },
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
      redirectUrl: redirectHere(integration.redirectUrl, servers.redirectPort),
    })),
  };
}

/** The rehearsed deployment for a person, who leads a browser to the declared sites on this machine. */
export function withDeclaredSites(rehearsed: Deployment, declared: Deployment): Deployment {
  return {
    ...rehearsed,
    integrations: rehearsed.integrations.map((integration) => {
      const { redirectUrl } = findIntegration(declared, integration.name);
      return consentSite({ redirectUrl }) === undefined ? integration : { ...integration, redirectUrl };
    }),
  };
}

/** Redirect URL on this machine, with the path of the declared one. */
function redirectHere(url: string, port: number): string {
  const { protocol, pathname } = new URL(url);
  const changed = new URL(protocol === 'http:' ? url : new URL(pathname, 'http://localhost'));
  changed.port = String(port);
  return changed.href;
}
