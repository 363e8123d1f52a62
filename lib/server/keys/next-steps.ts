import { commandLine } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import { declaringFile } from '../../declaration/deployment-file';
import { oidcRoles } from '../../declaration/derived/oidc-method';
import type { Deployment } from '../../declaration/schema/deployment';
import { otherNodes } from '../other-nodes';

/** Lines on what follows the initialization of a server. @param folder that secrets were written to @default - none */
export function nextSteps(deployment: Deployment, folder?: string): string[] {
  return [
    ...(folder === undefined
      ? []
      : [`In ${folder}, a file each, mode 0600: give each to whom it belongs, and keep no two shares in one place.`]),
    ...people(deployment),
    ...(deployment.manageProvisioner
      ? [
          `Set manageProvisioner to false in ${declaringFile()}: the provisioner may not write its own policy, "${commandLine('operators update')}" does.`,
        ]
      : []),
    ...otherNodes(deployment.vault.server),
    `Next: ${deployCommand()}`,
  ];
}

function people(deployment: Deployment): string[] {
  const names = oidcRoles(deployment).map(({ operator }) => operator);
  return names.length === 0
    ? []
    : [
        `Once webex-tokens is deployed, people act as ${names.join(', ')} by "${commandLine('token', 'OPERATOR', '--oidc')}"; keep these logins for machines, and for when the identity provider is down.`,
      ];
}
