import { isLoopback, UsageError, vaultServerFromEnvironment } from '#core';
import type { KubernetesLogin } from '../declaration/derived/app-login';
import type { Deployment } from '../declaration/schema/deployment';
import { vaultUrl } from '../declaration/schema/fields';
import { clusterAddress } from '../declaration/schema/server/kubernetes-server-declaration';

/**
 * Address of Vault for pods.
 *
 * @param asked address that was given. @default - the declared server's address; in its own cluster, that of its Service
 * @throws ExplainedError, UsageError if pods cannot reach it
 */
export function podAddress(
  { vault }: Pick<Deployment, 'vault'>,
  { cluster }: Pick<KubernetesLogin, 'cluster'>,
  asked?: string,
): string {
  if (asked === undefined && cluster === undefined && vault.server?.mode === 'kubernetes') {
    return clusterAddress(vault.server);
  }
  const address = asked === undefined ? vaultServerFromEnvironment(vault).address : parsed(asked);
  if (isLoopback(new URL(address).hostname)) {
    throw new UsageError(
      `${address} is a loopback address, so no pod reaches Vault there; give the address for pods by --address`,
    );
  }
  return address;
}

function parsed(asked: string): string {
  const url = vaultUrl.safeParse(asked);
  if (!url.success) {
    throw new UsageError(`--address ${url.error.issues.map(({ message }) => message).join('; ')}`);
  }
  return url.data;
}
