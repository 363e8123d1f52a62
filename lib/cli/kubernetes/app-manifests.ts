import { UsageError } from '#core';
import { deliver, type DelivererName } from '../../apps/delivery/deliverers/deliverers';
import type { Delivery } from '../../apps/delivery/delivery';
import { kubernetesName } from '../../apps/delivery/kubernetes-name';
import { podIdentity, podLogin, type PodIdentity } from '../../apps/delivery/pod-identity';
import { checkedInterval } from '../../apps/delivery/refresh-interval';
import { remarksOn } from '../../apps/delivery/remarks';
import { findApp } from '../../declaration/derived/by-name';
import { loginOf } from '../../declaration/derived/logins';
import type { LoadedDeployment } from '../../declaration/files/load-deployment';
import { podAddress } from '../../kubernetes/pod-address';
import { caFrom } from '../../kubernetes/vault-ca';

/** Manifests, and lines for the person who applies them. */
export interface PrintedManifests {
  readonly manifests: string;
  readonly remarks: readonly string[];
}

/** Options about Vault and the image, which all pods have. */
export interface PodOptions {
  readonly image?: string;
  readonly address?: string;
  readonly caFile?: string;
  readonly caSecret: string;
  readonly systemCa?: true;
}

export interface AppOptions extends PodOptions, Partial<PodIdentity> {
  readonly for: DelivererName;
  readonly product?: 'openbao' | 'vault';
  /** In seconds. */
  readonly refreshInterval?: number;
  readonly proxyImage?: string;
  readonly upstream?: string;
}

/** Options of one deliverer alone. */
const OF_THE_PROXY = { proxyImage: '--proxy-image', upstream: '--upstream' } as const;

/**
 * Manifests of the pods of an app.
 *
 * @param version the present version of this program, for the placeholder of its image
 * @throws UsageError, ExplainedError
 */
export function appManifests(
  { deployment }: LoadedDeployment,
  appName: string,
  options: AppOptions,
  version: string,
): PrintedManifests {
  refuseUnused(options);
  const app = findApp(deployment, appName);
  const login = podLogin(app.name, loginOf(deployment, app));
  const address = podAddress(deployment, login, options.address);
  const delivery: Delivery = {
    deployment,
    app,
    login,
    ...podIdentity(login, options),
    address,
    product: options.product ?? deployment.vault.server?.product ?? 'openbao',
    ca: caFrom({ ...options, deployment, address }),
    image: options.image ?? `registry.example.com/${kubernetesName(app.name)}:1.0.0`,
    refreshIntervalSeconds: checkedInterval(deployment.engine, options.refreshInterval),
    proxy: { image: options.proxyImage ?? placeholderImage(version), upstream: options.upstream },
  };
  const manifests = deliver(options.for, delivery);
  return { manifests, remarks: remarksOn(delivery, options.for, options) };
}

/** An image of this program that nobody can pull. */
export function placeholderImage(version: string): string {
  return `registry.example.com/webex-token-vault:${version}`;
}

/** @throws UsageError if an option was given that this deliverer does not take */
function refuseUnused(options: AppOptions): void {
  for (const [option, flag] of Object.entries(OF_THE_PROXY)) {
    if (options.for !== 'proxy' && options[option as keyof typeof OF_THE_PROXY] !== undefined) {
      throw new UsageError(`${flag} is for --for proxy, got --for ${options.for}; leave it out`);
    }
  }
}
