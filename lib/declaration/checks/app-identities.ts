import type { Deployment } from '../schema/deployment';

export function appSecretProblem({ apps }: Deployment): string | undefined {
  return apps.map(problemOf).find((found) => found !== undefined);
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
    ? `app "${name}": renewsSecretId makes a limit of uses void, because each new secret id has its own uses, got secretIdUses ${secretIdUses}; leave one of the two out`
    : undefined;
}

/** Vault outside of Kubernetes has no cluster of its own. */
export function clusterProblem({ vault: { server }, apps }: Deployment): string | undefined {
  const lost = apps.find(
    ({ identity }) => identity?.kubernetes !== undefined && identity.kubernetes.cluster === undefined,
  );
  return lost !== undefined && server !== undefined && server.mode !== 'kubernetes'
    ? `app "${lost.name}" has identity.kubernetes without a cluster, which means Vault's own, and vault.server of mode "${server.mode}" runs in none; give cluster: { address, caPem }, and the audience of its API server`
    : undefined;
}
