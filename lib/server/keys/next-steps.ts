import { commandLine } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import { declaringFile } from '../../declaration/deployment-file';
import { oidcRoles } from '../../declaration/derived/oidc-method';
import { portForwards } from '../../declaration/derived/cluster-nodes';
import { nodeAddresses } from '../../declaration/schema/server/server-declaration';
import type { Deployment } from '../../declaration/schema/deployment';

/** Lines on the steps after the initialization of a server. @param folder of the written secrets @default - none */
export function nextSteps(deployment: Deployment, folder?: string): string[] {
  const people = oidcRoles(deployment).map(({ operator }) => operator);
  return [
    ...(folder === undefined
      ? []
      : [`In ${folder}, a file each, mode 0600: give each to whom it belongs, and keep no two shares in one place.`]),
    ...(people.length === 0
      ? []
      : [
          `Once webex-tokens is deployed, people act as ${people.join(', ')} by "${commandLine('token', 'OPERATOR', '--oidc')}"; keep these logins for machines, and for when the identity provider is down.`,
        ]),
    ...(deployment.manageProvisioner
      ? [
          `Set manageProvisioner to false in ${declaringFile()}: the provisioner may not write its own policy, "${commandLine('operators update')}" does.`,
        ]
      : []),
    ...otherNodes(deployment.vault.server),
    `Next: ${deployCommand()}`,
  ];
}

/** Lines on the other nodes of a cluster after the first one was initialized; none if a seal opens them. */
export function otherNodes(server: Deployment['vault']['server']): string[] {
  if (server === undefined || server.mode === 'dev' || server.nodes === 1 || server.seal !== undefined) {
    return [];
  }
  const forwards = server.mode === 'kubernetes' ? portForwards(server) : undefined;
  const [, ...others] = nodeAddresses(server);
  const running = forwards === undefined ? '' : ', each while its port is forwarded';
  return [
    `The other nodes join by themselves, and are sealed; unseal them too${running}:`,
    ...others.map((address) => {
      const forward = forwards?.get(address);
      return `  VAULT_ADDR=${address} ${commandLine('unseal')}${forward === undefined ? '' : `   # ${forward}`}`;
    }),
  ];
}
