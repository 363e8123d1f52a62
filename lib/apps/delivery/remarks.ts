import type { DelivererName } from './deliverers/deliverers';
import type { Delivery } from './delivery';
import { leastLifeSeconds } from './refresh-interval';

/** Deliverers that keep no copy of a token. */
const KEEPS_NO_COPY: readonly DelivererName[] = ['client', 'proxy'];

/** Deliverers whose pods connect to Vault. For the others, an operator or a driver connects from a namespace of its own. */
const ASKS_FROM_THE_POD: readonly DelivererName[] = ['client', 'proxy', 'injector'];

/** Images that a person gave. The others are placeholders. */
interface GivenImages {
  readonly image?: string;
  readonly proxyImage?: string;
}

/** Lines for the person who applies the manifests. */
export function remarksOn(delivery: Delivery, name: DelivererName, { image, proxyImage }: GivenImages): string[] {
  const { deployment, login, namespace, refreshIntervalSeconds: interval } = delivery;
  const { server } = deployment.vault;
  const mayExpire = !KEEPS_NO_COPY.includes(name) && leastLifeSeconds(deployment.engine) <= interval;
  const isKeptOut =
    login.cluster === undefined &&
    server?.mode === 'kubernetes' &&
    server.allowedNamespaces?.includes(namespace) === false &&
    ASKS_FROM_THE_POD.includes(name);
  return [
    ...(image === undefined ? ["Give the app's image by --image, or replace it in the printed manifests."] : []),
    ...(name === 'proxy' && proxyImage === undefined
      ? ['Give the image of this program by --proxy-image, or replace it in the printed manifests.']
      : []),
    ...(mayExpire
      ? [
          `warning: the engine may hand out tokens that expire at once: a copy can be expired for ${interval} seconds; keep the defaults of engine.tuning, or use --for client or proxy`,
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
