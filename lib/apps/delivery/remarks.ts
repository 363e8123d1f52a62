import type { DelivererName } from './deliverers/deliverers';
import type { Delivery } from './delivery';
import { leastLifeSeconds } from './refresh-interval';

/** Deliverers whose pods connect to Vault. For the others, an operator or a driver connects from a namespace of its own. */
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
    ...(isImageGiven ? [] : ["Give the app's image by --image, or replace it in the printed manifests."]),
    ...(mayExpire
      ? [
          `warning: the engine may hand out tokens that expire at once: a copy can be expired for ${interval} seconds; keep the defaults of engine.tuning, or use --for client`,
        ]
      : []),
    ...(isKeptOut
      ? [
          `warning: pods of namespace "${namespace}" may not connect to the server: vault.server.allowedNamespaces does not name it; add it, then deploy vault-server`,
        ]
      : []),
    'The first lines of the manifests name what the cluster needs. Then: kubectl apply -f FILE',
  ];
}
