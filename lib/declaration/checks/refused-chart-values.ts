import type { ChartValues } from '../schema/server/chart-values';

/** Values that only one of the two charts has. */
const OF_ONE_CHART: Readonly<Record<string, 'openbao' | 'vault'>> = {
  extraObjects: 'openbao',
  snapshotAgent: 'openbao',
  'server.configAnnotation': 'openbao',
  'server.gateway': 'openbao',
  'server.podManagementPolicy': 'openbao',
  'server.enterpriseLicense': 'vault',
  'server.httproute': 'vault',
  'server.includeConfigAnnotation': 'vault',
  'server.preStop': 'vault',
  'server.serviceCA': 'vault',
};

/** Refused values, each with advice. The declaration has a field for them, or grants depend on them. */
const OURS: Readonly<Record<string, string>> = {
  fullnameOverride: 'use releaseName',
  nameOverride: 'use releaseName',
  'global.enabled': 'leave it out',
  'global.namespace': 'use namespace',
  'global.tlsDisable': 'leave it out: tokens never travel in clear text',
  'global.externalBaoAddr': 'declare vault.address instead of a server',
  'global.externalVaultAddr': 'declare vault.address instead of a server',
  'server.auditStorage.enabled': 'use audit',
  'server.auditStorage.mountPath': 'leave it out',
  'server.auditStorage.size': 'use storage.audit',
  'server.auditStorage.storageClass': 'use storage.storageClass',
  'server.dataStorage.enabled': 'leave it out: without it, each restart loses all grants',
  'server.dataStorage.mountPath': 'leave it out',
  'server.dataStorage.size': 'use storage.data',
  'server.dataStorage.storageClass': 'use storage.storageClass',
  'server.dev': 'leave it out: a server in memory loses all grants',
  'server.enabled': 'leave it out',
  'server.ha.apiAddr': 'leave it out',
  'server.ha.clusterAddr': 'leave it out',
  'server.ha.config': 'leave it out: the rest of the declaration makes the configuration',
  'server.ha.enabled': 'leave it out',
  'server.ha.raft.config': 'leave it out: the rest of the declaration makes the configuration',
  'server.ha.raft.enabled': 'leave it out',
  'server.ha.replicas': 'use nodes',
  'server.image.registry': 'use image',
  'server.image.repository': 'use image',
  'server.image.tag': 'use image',
  'server.logLevel': 'use logLevel',
  'server.persistentVolumeClaimRetentionPolicy': 'leave it out: the volumes, with every grant, outlive the server',
  'server.podManagementPolicy': 'leave it out: a sealed node would keep the next one from starting',
  'server.standalone': 'leave it out: one node tolerates no failure',
  'server.updateStrategyType': 'leave it out: a replaced pod may wait until people unseal it',
  'serverTelemetry.prometheusRules.rules': 'use monitoring, and put your own rules into an object of your own',
  'ui.enabled': 'use ui',
};

/** Volumes of a pod that the chart and the stack define. */
const VOLUMES = ['audit', 'config', 'data', 'home', 'plugins', 'seal', 'tls', 'tmp'];

/** @returns a problem for each refused value, and for each value that this chart does not have */
export function chartValueProblems(values: ChartValues, product: 'openbao' | 'vault'): string[] {
  const declared = ([path]: readonly [string, string]): boolean => at(values, path.split('.')) !== undefined;
  return [
    ...Object.entries(OURS)
      .filter(declared)
      .map(([path, advice]) => `values.${path} is refused, because the stack decides it; ${advice}`),
    ...Object.entries(OF_ONE_CHART)
      .filter(declared)
      .filter(([, chart]) => chart !== product)
      .map(
        ([path, chart]) =>
          `values.${path} is in the chart of ${chart}, but not in the chart of ${product}; leave it out`,
      ),
    ...volumeNames(values)
      .filter((name) => VOLUMES.includes(name))
      .map(
        (name) =>
          `values.server.volumes must not have "${name}", which is the name of a volume of the stack; rename it`,
      ),
  ];
}

function volumeNames({ server }: ChartValues): string[] {
  const volumes = Array.isArray(server?.volumes) ? server.volumes : [];
  return volumes.map((volume) => at(volume, ['name'])).filter((name) => typeof name === 'string');
}

function at(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) {
    return value;
  }
  return typeof value === 'object' && value !== null
    ? at((value as Readonly<Record<string, unknown>>)[name], rest)
    : undefined;
}
