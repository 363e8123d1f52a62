import type { PluginBinary } from '../../../lib/declaration/files/plugin-binary';
import { CHARTS } from '../../../lib/declaration/schema/server/chart';
import {
  clusterAddress,
  podHost,
  tlsSecretName,
  type KubernetesServerDeclaration,
} from '../../../lib/declaration/schema/server/kubernetes-server-declaration';
import { SERVER_PRODUCTS, addedCapabilities, imageName } from '../server-products';
import { serverFolders } from './cluster-configuration';
import type { Values } from './merged-values';
import { pluginContainer } from './plugin-container';
import type { ServerConfiguration } from '../server-configuration';
import { snapshotValues } from './snapshot-values';

/** User of the server in both images. */
const USER = { runAsUser: 100, runAsGroup: 1000 };
/** Security contexts of the pod and its containers, for Pod Security "restricted". */
const POD_SECURITY = {
  runAsNonRoot: true,
  ...USER,
  fsGroup: USER.runAsGroup,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
};
const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};
/** Time for a plugin to store a token that it has just received from Webex. The chart waits for 5 s before. */
const STOP_TIMEOUT_SECONDS = 45;

export interface ServerValuesProps {
  readonly server: KubernetesServerDeclaration;
  readonly configuration: ServerConfiguration;
  readonly plugin: PluginBinary;
  /** Alert rules for the Prometheus Operator. @default - none */
  readonly alertRules?: readonly Values[];
}

/** Values of a chart. They hold no secret. Both charts have the same values, except for a few names. */
export function serverValues({ server, configuration, plugin, alertRules }: ServerValuesProps): Values {
  const { product, releaseName, nodes, storage, tls, memory, cpu, sealSecret } = server;
  const pinned = SERVER_PRODUCTS[product];
  const { prefix } = pinned;
  const image = imageName(server.image ?? pinned.image);
  const folders = serverFolders(product);
  const capabilities = addedCapabilities(server);
  const isOpenBao = product === 'openbao';
  return {
    fullnameOverride: releaseName,
    global: { tlsDisable: false },
    injector: { enabled: false },
    ui: { enabled: server.ui },
    server: {
      image: isOpenBao
        ? { registry: image.registry, repository: image.repository, tag: image.tag }
        : { repository: `${image.registry}/${image.repository}`, tag: image.tag },
      resources: { requests: { cpu, memory }, limits: { memory } },
      // Pods start together, because each waits until people unseal it.
      ...(isOpenBao ? { podManagementPolicy: 'Parallel', configAnnotation: true } : { includeConfigAnnotation: true }),
      updateStrategyType: 'OnDelete',
      terminationGracePeriodSeconds: STOP_TIMEOUT_SECONDS,
      statefulSet: {
        securityContext: {
          pod: POD_SECURITY,
          container:
            capabilities.length === 0
              ? CONTAINER_SECURITY
              : { ...CONTAINER_SECURITY, capabilities: { ...CONTAINER_SECURITY.capabilities, add: capabilities } },
        },
      },
      ha: {
        enabled: true,
        replicas: nodes,
        // Kubernetes replaces only variables that are defined before this variable.
        apiAddr: `https://${podHost(server, `$(${prefix}_K8S_POD_NAME)`)}:8200`,
        clusterAddr: `https://${podHost(server, `$(${prefix}_K8S_POD_NAME)`)}:8201`,
        // The value is a text, because Vault's chart accepts no object. The chart treats the text as a template.
        raft: { enabled: true, config: configuration.toJson().replaceAll('{{', '{{ "{{" }}') },
      },
      dataStorage: volumeClaim(storage.data, folders.data, storage.storageClass),
      auditStorage:
        server.audit === 'stdout'
          ? { enabled: false }
          : volumeClaim(storage.audit, folders.audit, storage.storageClass),
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      extraEnvironmentVars: tls.caFile === null ? {} : { [`${prefix}_CACERT`]: `${folders.tls}/${tls.caFile}` },
      extraSecretEnvironmentVars: server.environmentSecrets.map(({ name, secretName, secretKey }) => ({
        envName: name,
        secretName,
        secretKey,
      })),
      extraInitContainers: [
        pluginContainer({
          image: server.pluginImage ?? `${image.registry}/${image.repository}:${image.tag}`,
          folder: server.pluginFolder,
          ...plugin,
          securityContext: CONTAINER_SECURITY,
          pluginDirectory: folders.plugins,
        }),
      ],
      volumes: [
        // The server assembles its configuration there, and plugins open their sockets there.
        { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
        { name: 'plugins', emptyDir: { sizeLimit: '1Gi' } },
        secretVolume('tls', tlsSecretName(server)),
        ...(sealSecret === undefined ? [] : [secretVolume('seal', sealSecret)]),
      ],
      volumeMounts: [
        { name: 'tmp', mountPath: '/tmp' },
        { name: 'plugins', mountPath: folders.plugins, readOnly: true },
        { name: 'tls', mountPath: folders.tls, readOnly: true },
        ...(sealSecret === undefined ? [] : [{ name: 'seal', mountPath: folders.seal, readOnly: true }]),
      ],
      // A pod on a lost host keeps the label of the leader, so clients would still connect to it.
      service: { publishNotReadyAddresses: false },
      networkPolicy: { enabled: true, ingress: ingress(server) },
    },
    ...(server.monitoring === undefined ? {} : { serverTelemetry: telemetry(server, server.monitoring, alertRules) }),
    ...(server.snapshots === undefined ? {} : { snapshotAgent: snapshotValues(server, server.snapshots) }),
  };
}

function volumeClaim(size: string, mountPath: string, storageClass: string | undefined): Values {
  return {
    enabled: true,
    size,
    mountPath,
    ...(storageClass === undefined ? {} : { storageClass }),
  };
}

function secretVolume(name: string, secretName: string): Values {
  // Mode 0440: the server's group may read the file.
  return { name, secret: { secretName, defaultMode: 0o440 } };
}

/** Nodes may use both ports, and clients only the port of the API. */
function ingress({ releaseName, product, allowedNamespaces }: KubernetesServerDeclaration): Values[] {
  const tcp = (port: number): Values => ({ port, protocol: 'TCP' });
  const nodes = { 'app.kubernetes.io/name': CHARTS[product].name, 'app.kubernetes.io/instance': releaseName };
  const named = (namespace: string): Values => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  });
  return [
    { from: [{ podSelector: { matchLabels: nodes } }], ports: [tcp(8200), tcp(8201)] },
    {
      from:
        allowedNamespaces === undefined
          ? [{ namespaceSelector: {} }]
          : [{ podSelector: {} }, ...allowedNamespaces.map(named)],
      ports: [tcp(8200)],
    },
  ];
}

function telemetry(
  server: KubernetesServerDeclaration,
  { labels, tokenSecret }: NonNullable<KubernetesServerDeclaration['monitoring']>,
  rules: readonly Values[] = [],
): Values {
  const { tls } = server;
  const ca = tls.caFile === null ? {} : { ca: { secret: { name: tlsSecretName(server), key: tls.caFile } } };
  return {
    prometheusRules: { enabled: true, selectors: labels, rules },
    ...(tokenSecret === undefined
      ? {}
      : {
          serviceMonitor: {
            enabled: true,
            selectors: labels,
            tlsConfig: { ...ca, serverName: new URL(clusterAddress(server)).hostname },
            authorization: { credentials: { name: tokenSecret, key: 'token' } },
          },
        }),
  };
}
