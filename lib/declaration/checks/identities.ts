import type { Deployment } from '../schema/deployment';
import { InvalidDeployment } from './invalid-deployment';

export function checkAppSecrets({ apps }: Deployment): void {
  const bySecretId = apps.find(
    ({ identity, secretIdUses, renewsSecretId }) => identity !== undefined && (secretIdUses > 0 || renewsSecretId),
  );
  if (bySecretId !== undefined) {
    const field = bySecretId.renewsSecretId ? 'renewsSecretId' : 'secretIdUses';
    throw new InvalidDeployment(
      `app "${bySecretId.name}" has two identities: one of its own, and ${field} for a secret id; leave one of the two out`,
    );
  }
}

/** Where Vault runs in no cluster, none is its own. */
export function checkClusters({ vault: { server }, apps }: Deployment): void {
  const lost = apps.find(
    ({ identity }) => identity?.kubernetes !== undefined && identity.kubernetes.cluster === undefined,
  );
  if (lost !== undefined && server !== undefined && server.mode !== 'kubernetes') {
    throw new InvalidDeployment(
      `app "${lost.name}" has identity.kubernetes without a cluster, so that it is the one that Vault runs in, and vault.server of mode "${server.mode}" runs in none; give cluster: { address, ca }, and as audience what its API server calls itself`,
    );
  }
}
