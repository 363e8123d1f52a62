import { quotedList } from 'webex-token-client/core';
import { CHARTS } from '../declaration/chart';
import { portForwards } from '../declaration/port-forward';
import type { PodTrouble } from './pod-trouble';
import type { ServerPods } from './pods';

/*
 * What people are told of the pods of a server.
 */

/** @returns a line for each trouble, however many pods have it */
export function troubleLines(troubles: readonly PodTrouble[]): string[] {
  const whats = [...new Set(troubles.map(({ what }) => what))];
  return whats.map((what) => {
    const [first = '', ...others] = troubles.filter((trouble) => trouble.what === what).map(({ pod }) => pod);
    return `pod ${first}${others.length === 0 ? '' : ` (and ${others.join(', ')} alike)`} ${what}`;
  });
}

/** What is to be done once all run, a line each, by what the servers note at their pods. */
export function nextSteps(pods: ServerPods): string[] {
  const { names, server } = pods;
  const [initialized, sealed] = ['initialized', 'sealed'].map(
    (fact) => (name: string) =>
      pods.pod(name)?.metadata.labels[`${CHARTS[server.flavour].container}-${fact}`] === 'true',
  ) as [(name: string) => boolean, (name: string) => boolean];
  const forwards = portForwards(server);
  const addresses = [...forwards.keys()];
  if (!names.some(initialized)) {
    // Else it is where the declaration says that the server is.
    const at = server.address === undefined ? '' : `VAULT_ADDR=${addresses[0] ?? ''} `;
    return [
      `all ${names.length} pods run, not initialised; leave these running, and initialise the first one: ${at}npx webex-token-vault init`,
      ...[...forwards.values()].map((command) => `  ${command}`),
    ];
  }
  const closed = names.filter((name) => sealed(name) || !initialized(name));
  return closed.length === 0
    ? [`all ${names.length} pods run, unsealed`]
    : [
        `all ${names.length} pods run, and ${quotedList(closed)} sealed; unseal each while its port is forwarded:`,
        ...closed.map((name) => {
          const address = addresses[names.indexOf(name)] ?? '';
          return `  ${forwards.get(address) ?? ''}; VAULT_ADDR=${address} npx webex-token-vault unseal`;
        }),
      ];
}

/** @returns a line, where pods run what was declared before */
export function outdatedLines({ outdated, names }: ServerPods): string[] {
  return outdated.length === 0
    ? []
    : [
        `${outdated.length} of ${names.length} pods still run what was declared before, as nothing restarts them by itself: ${quotedList(outdated)}; docs/kubernetes.md says in which order to restart them`,
      ];
}
