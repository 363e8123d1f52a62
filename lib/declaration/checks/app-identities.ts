import type { Deployment } from '../schema/deployment';

export function appSecretProblem({ apps }: Deployment): string | undefined {
  return apps.map(problemOf).find((found) => found !== undefined);
}

function problemOf(app: Deployment['apps'][number]): string | undefined {
  const { name, tokenTtlSeconds, tokenMaxTtlSeconds, secretIdTtlSeconds, secretIdUses, renewsSecretId } = app;
  if (tokenTtlSeconds > tokenMaxTtlSeconds) {
    return `app "${name}": tokenTtlSeconds must not exceed tokenMaxTtlSeconds (${tokenMaxTtlSeconds}), got ${tokenTtlSeconds}; lower tokenTtlSeconds, or raise tokenMaxTtlSeconds`;
  }
  if (app.identity !== undefined && (secretIdUses > 0 || renewsSecretId)) {
    const field = renewsSecretId ? 'renewsSecretId' : 'secretIdUses';
    return `app "${name}" has both identity and ${field}, which is for secret ids; leave one of the two out`;
  }
  if (renewsSecretId && secretIdTtlSeconds === 0) {
    return `app "${name}": renewsSecretId needs a secret id that expires, got secretIdTtlSeconds 0; leave one of the two out`;
  }
  return renewsSecretId && secretIdUses > 0
    ? `app "${name}": renewsSecretId cancels the limit secretIdUses, because each new secret id has uses of its own, got secretIdUses ${secretIdUses}; leave one of the two out`
    : undefined;
}

/** Only a Vault in a cluster can review tokens of its own cluster. */
export function clusterProblem({ vault: { server }, apps }: Deployment): string | undefined {
  const lost = apps.find(
    ({ identity }) => identity?.kubernetes !== undefined && identity.kubernetes.cluster === undefined,
  );
  return lost !== undefined && server !== undefined && server.mode !== 'kubernetes'
    ? `app "${lost.name}" has identity.kubernetes without cluster, but vault.server of mode "${server.mode}" runs in no cluster; set cluster: { address, caPem }, and the audience of its API server`
    : undefined;
}
