import type { DelivererName } from './deliverers/deliverers';
import type { Delivery } from './delivery';
import { leastLifeSeconds } from './refresh-interval';

/** Deliverers whose pods ask Vault. For the others, an operator or a driver asks, in a namespace of its own. */
const ASKS_FROM_THE_POD: readonly DelivererName[] = ['client', 'injector'];

/** Lines for the person who applies the manifests. @param isImageGiven whether the image is the app's */
export function remarksOn(delivery: Delivery, name: DelivererName, isImageGiven: boolean): string[] {
  const { deployment, login, namespace, refreshIntervalSeconds: interval } = delivery;
  const { server } = deployment.vault;
  const mayExpire = name !== 'client' && leastLifeSeconds(deployment.engine) <= interval;
  const isKeptOut =
    login.cluster === undefined &&
    server?.mode === 'kubernetes' &&
    server.allowedNamespaces?.includes(namespace) === false &&
    ASKS_FROM_THE_POD.includes(name);
  return [
    ...(isImageGiven ? [] : ["Give the app's image by --image, or replace it in what is printed."]),
    ...(mayExpire
      ? [
          `warning: the engine hands out tokens that may expire at once (engine.tuning.refreshCheckIntervalSeconds, refreshAheadSeconds), so a copy can be expired for ${interval} seconds; leave both at their defaults, or read by --for client`,
        ]
      : []),
    ...(isKeptOut
      ? [
          `warning: pods of namespace "${namespace}" may not talk to the server, as vault.server.allowedNamespaces does not name it; add it, and deploy vault-server`,
        ]
      : []),
    'The first lines of the manifests say what the cluster needs. Then: kubectl apply -f FILE',
  ];
}
