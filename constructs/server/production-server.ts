import { Image } from '@cdktf/provider-docker/lib/image';
import { Network } from '@cdktf/provider-docker/lib/network';
import { Construct } from 'constructs';
import { basename } from 'node:path';
import { urlHost } from '../../lib/declaration/schema/host-name';
import {
  nodeNames,
  serverAddresses,
  type ProductionServerDeclaration,
} from '../../lib/declaration/schema/server/server-declaration';
import { ProductionServerContainer } from './production-server-container';
import { mountedSeal } from './seal-stanza';
import { ServerConfiguration } from './server-configuration';
import { SERVER_PRODUCTS } from './server-products';

export interface ProductionServerProps extends Readonly<ProductionServerDeclaration> {
  /** Folder with the plugin binary. */
  readonly pluginFolder: string;
  /** Returns the absolute path of a declared file or folder on the Docker host. @default - declared paths are absolute */
  readonly hostPath?: (path: string) => string;
}

/** A production server of Vault or OpenBao. It has one node, or three on one Docker network. */
export class ProductionServer extends Construct {
  /** Address of each node on this machine. */
  readonly addresses: readonly string[];

  constructor(scope: Construct, id: string, props: ProductionServerProps) {
    super(scope, id);
    const { pluginFolder, hostPath = (path: string) => path } = props;
    const { product, containerName, seal, sealFolder, environmentFile, port, tls } = props;
    const { image: pinnedImage, folder } = SERVER_PRODUCTS[product];
    const names = nodeNames(props);
    const serverName = (name: string): string => tls.serverName.replaceAll('{node}', name);
    const caFile = tls.caFile === null ? undefined : `${folder}/tls/${tls.caFile}`;

    const configurations = ServerConfiguration.ofCluster({
      product,
      clusterName: containerName,
      nodes: names.map((name) => ({
        nodeId: name,
        apiAddr: `https://${urlHost(serverName(name))}:8200`,
        clusterAddr: `https://${urlHost(serverName(name))}:8201`,
      })),
      leaderCaCertFile: caFile,
      tlsCertFile: `${folder}/tls/${tls.certFile}`,
      tlsKeyFile: `${folder}/tls/${tls.keyFile}`,
      raftPath: `${folder}/file`,
      auditFilePath: `${folder}/logs/audit.log`,
      pluginDirectory: `${folder}/plugins`,
      seal: mountedSeal(seal, `${folder}/seal-keys`),
      disableMlock: props.disableMlock,
      prometheusRetentionSeconds: props.prometheusRetentionSeconds,
      ui: props.ui,
      logLevel: props.logLevel,
    });

    const image = new Image(this, 'image', { name: props.image ?? pinnedImage, keepLocally: true });
    const network = new Network(this, 'network', { name: containerName });
    const sealFiles = seal?.type === 'static' ? [seal.currentKeyFile, seal.previousKeyFile] : [];
    configurations.forEach((configuration, index) => {
      const name = configuration.nodeId;
      new ProductionServerContainer(this, name, {
        ...props,
        image,
        network,
        name,
        serverName: serverName(name),
        configuration,
        port: port + 10 * index,
        files: {
          [`${folder}/plugins`]: hostPath(pluginFolder),
          [`${folder}/tls`]: hostPath(tls.folder.replaceAll('{node}', name)),
          ...Object.fromEntries(
            sealFiles
              .filter((file) => file !== undefined)
              .map((file) => [`${folder}/seal-keys/${basename(file)}`, hostPath(file)]),
          ),
          ...(sealFolder === undefined ? {} : { [`${folder}/seal`]: hostPath(sealFolder) }),
          ...(environmentFile === undefined ? {} : { [`${folder}/environment`]: hostPath(environmentFile) }),
        },
        caFile,
        environmentFile: environmentFile && `${folder}/environment`,
      });
    });

    this.addresses = serverAddresses(props);
  }
}
