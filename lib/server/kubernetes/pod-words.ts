import { commandLine, quotedList } from '#core';
import { CHARTS } from '../../declaration/schema/server/chart';
import { portForwards } from '../../declaration/derived/cluster-nodes';
import { isRunning, type PodTrouble } from './pod-trouble';
import type { ServerPods } from './pods';

/** @returns a line for each trouble, however many pods have it */
export function troubleLines(troubles: readonly PodTrouble[]): string[] {
  const whats = [...new Set(troubles.map(({ what }) => what))];
  return whats.map((what) => {
    const [first = '', ...others] = troubles.filter((trouble) => trouble.what === what).map(({ pod }) => pod);
    return `pod ${first}${others.length === 0 ? '' : ` (also ${others.join(', ')})`} ${what}`;
  });
}

/** Lines on the next steps once all pods run, by the labels that the servers set at their pods. */
export function nextSteps(pods: ServerPods): string[] {
  const { names, server } = pods;
  const forwards = portForwards(server);
  if (!isInitialized(pods)) {
    // The command uses a declared address by itself.
    const at = server.address === undefined ? '' : `VAULT_ADDR=${[...forwards.keys()][0] ?? ''} `;
    return [
      `all ${names.length} pods run, and the server is not initialized; keep the port forwards below running, and initialize the first node: ${at}${commandLine('init')}`,
      ...[...forwards.values()].map((command) => `  ${command}`),
    ];
  }
  const sealed = unsealings(pods);
  return sealed.size === 0
    ? [`all ${names.length} pods run and are unsealed`]
    : [
        `all ${names.length} pods run; unseal ${quotedList([...sealed.keys()])}, each while its port is forwarded:`,
        ...[...sealed.values()].map((command) => `  ${command}`),
      ];
}

/** Commands that unseal each sealed node, by its name. There are none while no node has been initialized. */
export function unsealings(pods: ServerPods): ReadonlyMap<string, string> {
  const { names, server } = pods;
  const commands = [...portForwards(server)].map(
    ([address, forward]) => `${forward}; VAULT_ADDR=${address} ${commandLine('unseal')}`,
  );
  return new Map(
    names
      .map((name, index) => [name, commands[index] ?? ''] as const)
      .filter(([name]) => isInitialized(pods) && (says(pods, name, 'sealed') || !says(pods, name, 'initialized'))),
  );
}

function isInitialized(pods: ServerPods): boolean {
  return pods.names.some((name) => says(pods, name, 'initialized'));
}

/** Whether the server has set this label at its pod. */
function says(pods: ServerPods, name: string, fact: 'initialized' | 'sealed'): boolean {
  return pods.pod(name)?.metadata.labels[`${CHARTS[pods.server.product].container}-${fact}`] === 'true';
}

/** @returns a line if pods run an earlier declaration */
export function outdatedLines(pods: ServerPods): string[] {
  const { names } = pods;
  const outdated = pods.outdated.filter((name) => isRunning(pods, name));
  return outdated.length === 0
    ? []
    : [
        `${outdated.length} of ${names.length} pods still run an earlier declaration, because nothing restarts them by itself: ${quotedList(outdated)}; docs/tasks/kubernetes-operate.md has the order in which to restart them`,
      ];
}
