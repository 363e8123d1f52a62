import { z } from 'zod';
import { strictObject, type Fields, type StrictObject } from '../fields';

/*
 * Values of the chart that a deployment may add. The chart's documentation describes them. Helm validates them with the chart's
 * schema during a plan.
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
  /** Added after the stack's own containers. All lists are joined this way. */
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
  /** OpenBao's chart. */
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
