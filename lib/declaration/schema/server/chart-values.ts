import { z } from 'zod';
import { strictObject, type Fields, type StrictObject } from '../fields';

/*
 * What a deployment may tell the chart beside what is ours: its sections and the settings of its servers by name, what
 * is in them as the chart's own documentation has it. The chart's schema looks at the whole while Terraform plans.
 */

const anything = z.json().optional();

const section = z.record(z.string(), z.json()).optional();

const server = strictObject({
  affinity: anything,
  annotations: anything,
  auditStorage: section,
  authDelegator: section,
  /** OpenBao's chart. */
  configAnnotation: anything,
  dataStorage: section,
  dev: section,
  enabled: anything,
  /** Vault's chart. */
  enterpriseLicense: section,
  extraArgs: anything,
  /** They come after ours, as all that is a list. */
  extraContainers: anything,
  extraEnvironmentVars: section,
  extraInitContainers: anything,
  extraLabels: section,
  extraPorts: anything,
  extraSecretEnvironmentVars: anything,
  extraVolumes: anything,
  /** OpenBao's chart. */
  gateway: section,
  gid: anything,
  ha: section,
  hostAliases: anything,
  hostNetwork: anything,
  /** Vault's chart. */
  httproute: section,
  image: section,
  /** Vault's chart. */
  includeConfigAnnotation: anything,
  ingress: section,
  livenessProbe: section,
  logFormat: anything,
  logLevel: anything,
  networkPolicy: section,
  nodeSelector: anything,
  persistentVolumeClaimRetentionPolicy: section,
  /** OpenBao's chart. */
  podManagementPolicy: anything,
  postStart: anything,
  /** Vault's chart. */
  preStop: anything,
  preStopSleepSeconds: anything,
  priorityClassName: anything,
  readinessProbe: section,
  resources: section,
  route: section,
  service: section,
  serviceAccount: section,
  /** Vault's chart. */
  serviceCA: section,
  shareProcessNamespace: anything,
  standalone: section,
  statefulSet: section,
  terminationGracePeriodSeconds: anything,
  tolerations: anything,
  topologySpreadConstraints: anything,
  uid: anything,
  updateStrategyType: anything,
  volumeMounts: anything,
  volumes: anything,
});

const sections = {
  csi: section,
  /** OpenBao's chart: objects that have no place in it. */
  extraObjects: z.array(z.json()).optional(),
  fullnameOverride: anything,
  global: section,
  injector: section,
  nameOverride: anything,
  server: server.optional(),
  serverTelemetry: section,
  /** OpenBao's chart. */
  snapshotAgent: section,
  ui: section,
};

export interface ChartSections extends Fields<typeof sections> {}

/** @see https://github.com/openbao/openbao-helm/tree/main/charts/openbao#values */
export const chartValues: StrictObject<ChartSections> = strictObject(sections);

export type ChartValues = z.output<typeof chartValues>;

/** What only one of the charts has. */
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

/** What the declaration says otherwise, or the grants depend on, and what to write instead. */
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
  'server.ha.config': 'leave it out: the configuration is what the rest of the declaration says',
  'server.ha.enabled': 'leave it out',
  'server.ha.raft.config': 'leave it out: the configuration is what the rest of the declaration says',
  'server.ha.raft.enabled': 'leave it out',
  'server.ha.replicas': 'use nodes',
  'server.image.registry': 'use image',
  'server.image.repository': 'use image',
  'server.image.tag': 'use image',
  'server.logLevel': 'use logLevel',
  'server.persistentVolumeClaimRetentionPolicy': 'leave it out: the volumes, with every grant, outlive the server',
  'server.podManagementPolicy': 'leave it out: a node that is sealed would keep the next one from starting',
  'server.standalone': 'leave it out: one node is no cluster',
  'server.updateStrategyType': 'leave it out: each pod that is replaced by itself may wait for people to unseal it',
  'serverTelemetry.prometheusRules.rules': 'use monitoring, and rules of your own in an object of your own',
  'ui.enabled': 'use ui',
};

/** Volumes that the charts and we give to a pod already. */
const VOLUMES = ['audit', 'config', 'data', 'home', 'plugins', 'seal', 'tls', 'tmp'];

/** @returns what is wrong with them for that chart, each with the way to it */
export function chartValueProblems(
  values: ChartValues,
  product: 'openbao' | 'vault',
): { path: string[]; problem: string }[] {
  const problems = [
    ...Object.entries(OURS).map(([path, advice]) => [path, `is not the chart's to say; ${advice}`] as const),
    ...Object.entries(OF_ONE_CHART)
      .filter(([, chart]) => chart !== product)
      .map(
        ([path, chart]) => [path, `is in the chart of ${chart}, and not in that of ${product}; leave it out`] as const,
      ),
  ];
  return [
    ...problems
      .map(([path, problem]) => ({ path: path.split('.'), problem }))
      .filter(({ path }) => at(values, path) !== undefined),
    ...volumeNames(values)
      .filter((name) => VOLUMES.includes(name))
      .map((name) => ({
        path: ['server', 'volumes'],
        problem: `must not have "${name}", which is the name of a volume of ours; name it otherwise`,
      })),
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
