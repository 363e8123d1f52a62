import { Image } from '@cdktf/provider-docker/lib/image';
import { Network } from '@cdktf/provider-docker/lib/network';
import { Construct } from 'constructs';
import { basename } from 'node:path';
import type { SealDeclaration } from '../../lib/declaration/seal-declaration';
import { nodeNames, type ProductionServerDeclaration } from '../../lib/declaration/server-declaration';
import { KmsSeal } from './kms-seal';
import { ProductionServerContainer } from './production-server-container';
import type { Seal } from './seal';
import { ServerCluster } from './server-cluster';
import { StaticSeal } from './static-seal';
import { TransitSeal, type TransitSealProps } from './transit-seal';
import { VAULT_SERVER_FLAVOURS } from './vault-server-flavour';

export interface ProductionServerProps {
  readonly server: ProductionServerDeclaration;
  /** Folder that holds the plugin binary, as the declaration gives it. */
  readonly pluginFolder: string;
  /** Absolute path on the Docker host of a path in the declaration. */
  readonly hostPath: (path: string) => string;
}

/** A Vault or OpenBao server in production, of one node or of three on one Docker network. */
export class ProductionServer extends Construct {
  /** Where each node answers on this machine. */
  readonly addresses: readonly string[];

  constructor(scope: Construct, id: string, { server, pluginFolder, hostPath }: ProductionServerProps) {
    super(scope, id);
    const { flavour, containerName, tls, seal, sealFolder, environmentFile, bindAddress } = server;
    const { image: pinnedImage, folder } = VAULT_SERVER_FLAVOURS[flavour];
    const names = nodeNames(server);
    const serverName = (name: string): string => tls.serverName.replaceAll('{node}', name);
    const caFile = tls.caFile === null ? undefined : `${folder}/tls/${tls.caFile}`;

    const { configurations } = new ServerCluster({
      flavour,
      clusterName: containerName,
      nodes: names.map((name) => ({
        nodeId: name,
        apiAddr: `https://${serverName(name)}:8200`,
        clusterAddr: `https://${serverName(name)}:8201`,
      })),
      leaderCaCertFile: caFile,
      tlsCertFile: `${folder}/tls/${tls.certFile}`,
      tlsKeyFile: `${folder}/tls/${tls.keyFile}`,
      raftPath: `${folder}/file`,
      auditFilePath: `${folder}/logs/audit.log`,
      pluginDirectory: `${folder}/plugins`,
      seal: seal && sealOf(seal, (file) => `${folder}/seal-keys/${basename(file)}`),
      disableMlock: server.disableMlock,
      prometheusRetentionSeconds: server.prometheusRetentionSeconds,
      ui: server.ui,
      logLevel: server.logLevel,
    });

    const image = new Image(this, 'image', { name: server.image ?? pinnedImage, keepLocally: true });
    const network = new Network(this, 'network', { name: containerName });
    const sealFiles = seal?.type === 'static' ? [seal.currentKeyFile, seal.previousKeyFile] : [];
    configurations.forEach((configuration, index) => {
      const name = configuration.nodeId;
      new ProductionServerContainer(this, name, {
        ...server,
        image,
        network,
        name,
        serverName: serverName(name),
        configuration,
        port: server.port + 10 * index,
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
        lockMemory: server.disableMlock === false,
      });
    });

    const host = ['0.0.0.0', '::'].includes(bindAddress) ? '127.0.0.1' : bindAddress;
    const own = tls.serverName !== '{node}';
    this.addresses = names.map(
      (name, index) => `https://${own ? serverName(name) : bracketed(host)}:${server.port + 10 * index}`,
    );
  }
}

function sealOf(seal: SealDeclaration, inContainer: (file: string) => string): Seal {
  switch (seal.type) {
    case 'static': {
      const place = (file: string): string => `file://${inContainer(file)}`;
      const { currentKeyId, currentKeyFile, previousKeyId, previousKeyFile } = seal;
      return new StaticSeal({
        currentKeyId,
        currentKey: place(currentKeyFile),
        previousKeyId,
        previousKey: previousKeyFile && place(previousKeyFile),
      });
    }
    case 'transit':
      return new TransitSeal({ ...seal, type: undefined } as TransitSealProps);
    default:
      return new KmsSeal(seal);
  }
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
