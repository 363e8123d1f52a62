import { Image } from '@cdktf/provider-docker/lib/image';
import { Network } from '@cdktf/provider-docker/lib/network';
import { Construct } from 'constructs';
import { basename } from 'node:path';
import type { z } from 'zod';
import { withDefaults } from '../../lib/declaration/schema/defaults';
import { urlHost } from '../../lib/declaration/schema/host-name';
import {
  nodeNames,
  productionServerDeclaration,
  serverAddresses,
  tlsDeclaration,
} from '../../lib/declaration/schema/server/server-declaration';
import { declaredSeal } from './declared-seal';
import { ProductionServerContainer } from './production-server-container';
import { ServerCluster } from './server-cluster';
import { addedCapabilities } from './added-capabilities';
import { SERVER_PRODUCTS } from './server-products';

type DeclaredSettings = Omit<z.input<typeof productionServerDeclaration>, 'mode' | 'tls'>;

export interface ProductionServerProps extends Readonly<DeclaredSettings> {
  /** Folder that holds the plugin binary. */
  readonly pluginFolder: string;
  /**
   * Folder that holds certificate, key and CA. It is mounted whole, so that a renewed file is seen. `{node}` becomes the
   * name of the container. @default "secrets/tls/{node}"
   */
  readonly tlsFolder?: string;
  /** The server's certificate in that folder, then those between it and the CA. @default "server.pem" */
  readonly tlsCertFile?: string;
  /** Its private key in that folder, mode 0600, owned by the container's user. @default "server-key.pem" */
  readonly tlsKeyFile?: string;
  /** The CA in that folder; null: one that every system knows. @default "ca.pem" */
  readonly tlsCaFile?: string | null;
  /** Host name or IP address in the certificate. `{node}` becomes the name of the container. @default "{node}" */
  readonly serverName?: string;
  /** Absolute path on the Docker host of each file and folder that is given here. @default - they are absolute paths */
  readonly hostPath?: (path: string) => string;
}

/** A Vault or OpenBao server in production, of one node or of three on one Docker network. */
export class ProductionServer extends Construct {
  /** Where each node answers on this machine. */
  readonly addresses: readonly string[];

  constructor(scope: Construct, id: string, props: ProductionServerProps) {
    super(scope, id);
    const { pluginFolder, hostPath = (path: string) => path } = props;
    const settings = withDefaults(productionServerDeclaration.omit({ mode: true, tls: true }), props);
    const { product, containerName, seal, sealFolder, environmentFile, port } = settings;
    const tls = withDefaults(tlsDeclaration, {
      folder: props.tlsFolder,
      certFile: props.tlsCertFile,
      keyFile: props.tlsKeyFile,
      caFile: props.tlsCaFile,
      serverName: props.serverName,
    });
    const { image: pinnedImage, folder } = SERVER_PRODUCTS[product];
    const names = nodeNames(settings);
    const serverName = (name: string): string => tls.serverName.replaceAll('{node}', name);
    const caFile = tls.caFile === null ? undefined : `${folder}/tls/${tls.caFile}`;

    const { configurations } = new ServerCluster({
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
      seal: seal && declaredSeal(seal, (file) => `${folder}/seal-keys/${basename(file)}`),
      disableMlock: settings.disableMlock,
      prometheusRetentionSeconds: settings.prometheusRetentionSeconds,
      ui: settings.ui,
      logLevel: settings.logLevel,
    });

    const image = new Image(this, 'image', { name: settings.image ?? pinnedImage, keepLocally: true });
    const network = new Network(this, 'network', { name: containerName });
    const sealFiles = seal?.type === 'static' ? [seal.currentKeyFile, seal.previousKeyFile] : [];
    configurations.forEach((configuration, index) => {
      const name = configuration.nodeId;
      new ProductionServerContainer(this, name, {
        ...settings,
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
        capabilities: addedCapabilities(settings),
        lockMemory: settings.disableMlock === false,
      });
    });

    this.addresses = serverAddresses({ mode: 'production', ...settings, tls });
  }
}
