import type { Deployment } from '../schema/deployment';
import { InvalidDeployment } from './invalid-deployment';

export function checkAppSecrets({ apps }: Deployment): void {
  const problem = apps.map(problemOf).find((found) => found !== undefined);
  if (problem !== undefined) {
    throw new InvalidDeployment(problem);
  }
}

function problemOf(app: Deployment['apps'][number]): string | undefined {
  const { name, tokenTtlSeconds, tokenMaxTtlSeconds, secretIdTtlSeconds, secretIdUses, renewsSecretId } = app;
  if (tokenTtlSeconds > tokenMaxTtlSeconds) {
    return `app "${name}": tokenTtlSeconds must not exceed tokenMaxTtlSeconds (${tokenMaxTtlSeconds}), got ${tokenTtlSeconds}; lower it, or raise the other`;
  }
  if (app.identity !== undefined && (secretIdUses > 0 || renewsSecretId)) {
    const field = renewsSecretId ? 'renewsSecretId' : 'secretIdUses';
    return `app "${name}" has two identities: one of its own, and ${field} for a secret id; leave one of the two out`;
  }
  if (renewsSecretId && secretIdTtlSeconds === 0) {
    return `app "${name}": renewsSecretId needs a secret id that expires, got secretIdTtlSeconds 0; leave one of the two out`;
  }
  return renewsSecretId && secretIdUses > 0
    ? `app "${name}": renewsSecretId makes a limit of uses void, since each new secret id has as many again, got secretIdUses ${secretIdUses}; leave one of the two out`
    : undefined;
}

/** Vault has no cluster of its own if it runs outside of one. */
export function checkClusters({ vault: { server }, apps }: Deployment): void {
  const lost = apps.find(
    ({ identity }) => identity?.kubernetes !== undefined && identity.kubernetes.cluster === undefined,
  );
  if (lost !== undefined && server !== undefined && server.mode !== 'kubernetes') {
    throw new InvalidDeployment(
      `app "${lost.name}" has identity.kubernetes without a cluster, so that it is the one that Vault runs in, and vault.server of mode "${server.mode}" runs in none; give cluster: { address, caPem }, and as audience what its API server calls itself`,
    );
  }
}
