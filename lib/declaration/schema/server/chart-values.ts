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
