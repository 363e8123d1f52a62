import { commandLine } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import { declaringFile } from '../../declaration/deployment-file';
import { oidcRoles } from '../../declaration/derived/oidc-method';
import { portForwards } from '../../declaration/derived/cluster-nodes';
import { nodeAddresses } from '../../declaration/schema/server/server-declaration';
import type { Deployment } from '../../declaration/schema/deployment';

/** Lines on the steps after the initialization of a server. @param folder folder with the written secrets @default - none */
export function nextSteps(deployment: Deployment, folder?: string): string[] {
  const people = oidcRoles(deployment).map(({ operator }) => operator);
  return [
    ...(folder === undefined
      ? []
      : [
          `The key shares and logins are in ${folder}, a file each with mode 0600. Give each file to its owner, and keep no two key shares in one place.`,
        ]),
    ...(people.length === 0
      ? []
      : [
          `After webex-tokens is deployed, people log in as ${people.join(', ')} with "${commandLine('token', 'OPERATOR', '--oidc')}". Keep these logins for machines, and for outages of the identity provider.`,
        ]),
    ...(deployment.manageProvisioner
      ? [
          `Set manageProvisioner to false in ${declaringFile()}: "${commandLine('operators update')}" writes the provisioner's policy, and the provisioner must not.`,
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
    `The other nodes join by themselves and stay sealed. Unseal them too${running}:`,
    ...others.map((address) => {
      const forward = forwards?.get(address);
      return `  VAULT_ADDR=${address} ${commandLine('unseal')}${forward === undefined ? '' : `   # ${forward}`}`;
    }),
  ];
}
