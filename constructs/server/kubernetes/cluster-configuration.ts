import {
  podHost,
  podNames,
  type KubernetesServerDeclaration,
} from '../../../lib/declaration/schema/server/kubernetes-server-declaration';
import { mountedSeal } from '../seal-stanza';
import { ServerConfiguration } from '../server-configuration';
import { SERVER_PRODUCTS } from '../server-products';

/** The charts replace this text by the name of the pod. */
const POD_NAME = 'HOSTNAME';

/** Folders of the server in its container. */
export function serverFolders(product: KubernetesServerDeclaration['product']) {
  const { folder } = SERVER_PRODUCTS[product];
  return {
    data: `${folder}/data`,
    // The same as in Docker, so "init --audit-file" has one default.
    audit: `${folder}/logs`,
    plugins: `${folder}/plugins`,
    tls: `${folder}/tls`,
    seal: `${folder}/seal`,
  };
}

/** Configuration of all nodes on Kubernetes, which share one ConfigMap. */
export function clusterConfiguration(server: KubernetesServerDeclaration): ServerConfiguration {
  const { product, releaseName, seal, tls } = server;
  const folders = serverFolders(product);
  const caFile = tls.caFile === null ? undefined : `${folders.tls}/${tls.caFile}`;
  return new ServerConfiguration({
    product,
    clusterName: releaseName,
    nodeId: POD_NAME,
    apiAddr: `https://${podHost(server, POD_NAME)}:8200`,
    clusterAddr: `https://${podHost(server, POD_NAME)}:8201`,
    // A node ignores its own address.
    retryJoin: podNames(server).map((pod) => `https://${podHost(server, pod)}:8200`),
    leaderCaCertFile: caFile,
    tlsCertFile: `${folders.tls}/${tls.certFile}`,
    tlsKeyFile: `${folders.tls}/${tls.keyFile}`,
    raftPath: folders.data,
    auditFilePath: server.audit === 'stdout' ? 'stdout' : `${folders.audit}/audit.log`,
    pluginDirectory: folders.plugins,
    seal: mountedSeal(seal, folders.seal),
    serviceRegistration: 'kubernetes',
    disableMlock: server.disableMlock,
    prometheusRetentionSeconds: server.prometheusRetentionSeconds,
    ui: server.ui,
    logLevel: server.logLevel,
  });
}
