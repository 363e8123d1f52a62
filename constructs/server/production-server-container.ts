import { Container } from '@cdktf/provider-docker/lib/container';
import type { Image } from '@cdktf/provider-docker/lib/image';
import type { Network } from '@cdktf/provider-docker/lib/network';
import { DataResource } from 'cdktf';
import { Construct } from 'constructs';
import { isIP } from 'node:net';
import { mebibytesOf } from '../../lib/declaration/schema/quantity';
import type { ProductionServerDeclaration } from '../../lib/declaration/schema/server/server-declaration';
import { resourceAddress, terraformWord } from '../terraform-text';
import type { ServerConfiguration } from './server-configuration';
import { SERVER_PRODUCTS, addedCapabilities } from './server-products';

const CONFIGURATION_FILE = 'server.json';
const SERVER_PORT = 8200;
/** Time for a plugin to store a token that it has just received from Webex. */
const STOP_TIMEOUT_SECONDS = 30;

type DeclaredSettings =
  'product' | 'bindAddress' | 'user' | 'memory' | 'logSize' | 'logFiles' | 'ipcLock' | 'disableMlock';

export interface ProductionServerContainerProps extends Readonly<Pick<ProductionServerDeclaration, DeclaredSettings>> {
  readonly image: Image;
  readonly network: Network;
  /** Name of the container. It is also a host name on the network. */
  readonly name: string;
  /** Host name or IP address in the server's certificate. */
  readonly serverName: string;
  /** Configuration of the server. Its paths are in the container, below `/openbao` or `/vault`. */
  readonly configuration: ServerConfiguration;
  /** Port on the Docker host. */
  readonly port: number;
  /** Files and folders of the Docker host, by their paths in the container. Docker mounts them read-only. */
  readonly files: Readonly<Record<string, string>>;
  /** File of the CA that signed the server's certificate, in the container. @default - a public CA */
  readonly caFile?: string;
  /** Shell file that sets the server's environment, in the container. @default - none */
  readonly environmentFile?: string;
}

/**
 * A node of a production server. It has no privileges and a read-only root file system, and keeps its data in volumes.
 *
 * A node is healthy if it answers, sealed or not, because a restart would not unseal it. Docker owns the volumes, so `destroy`
 * never deletes the grants.
 */
export class ProductionServerContainer extends Construct {
  constructor(scope: Construct, id: string, props: ProductionServerContainerProps) {
    super(scope, id);
    const { product, image, network, name, configuration, caFile, environmentFile } = props;
    const { cli, folder } = SERVER_PRODUCTS[product];
    const volume = (what: string, target: string, readOnly = false) => ({
      type: 'volume',
      source: `${name}-${what}`,
      target,
      readOnly,
    });

    // This container never starts. It only copies the configuration into a volume, because Docker copies no file into a
    // container with a read-only root. A restart of the server then needs no file of this project.
    const carrier = new Container(this, 'configuration', {
      name: `${name}-configuration`,
      image: image.imageId,
      start: false,
      mustRun: false,
      networkMode: 'none',
      mounts: [volume('configuration', '/configuration')],
      upload: [{ file: `/configuration/${CONFIGURATION_FILE}`, content: configuration.toJson() }],
    });

    const mounts = [
      volume('data', `${folder}/file`),
      volume('audit', `${folder}/logs`),
      volume('configuration', `${folder}/configuration`, true),
      ...Object.entries(props.files).map(([target, source]) => ({ type: 'bind', source, target, readOnly: true })),
    ];
    const tmpfs = { '/tmp': 'rw,noexec,nosuid,nodev,size=64m,mode=1777' };
    // Exit code 0 means unsealed, 2 sealed, and 1 no answer. Docker keeps the output.
    const test = ['CMD-SHELL', `${statusCommand(cli, props.serverName, caFile)} || [ $? -eq 2 ]`];
    // The provider reports a change of these settings as an update, but changes nothing.
    const fixedAtCreation = new DataResource(this, 'shape', { triggersReplace: { mounts, tmpfs, test } });

    const command = [cli, 'server', `-config=${folder}/configuration/${CONFIGURATION_FILE}`];
    new Container(this, 'container', {
      name,
      image: image.imageId,
      // The entry point of the image is for dev servers, and writes to the root file system.
      entrypoint:
        environmentFile === undefined
          ? command
          : ['sh', '-c', 'set -a; . "$0"; exec "$@"', environmentFile, ...command],
      command: [],
      init: true,
      user: props.user,
      readOnly: true,
      // Plugins open their sockets there.
      tmpfs,
      securityOpts: ['no-new-privileges'],
      capabilities: { drop: ['ALL'], add: addedCapabilities(props).map((added) => `CAP_${added}`) },
      ulimit: props.disableMlock === false ? [{ name: 'memlock', soft: -1, hard: -1 }] : undefined,
      memory: mebibytesOf(props.memory),
      // The same as memory, so nothing is swapped out.
      memorySwap: mebibytesOf(props.memory),
      logDriver: 'json-file',
      logOpts: { 'max-size': `${mebibytesOf(props.logSize)}m`, 'max-file': String(props.logFiles) },
      mounts,
      networksAdvanced: [
        { name: network.name, aliases: isIP(props.serverName) === 0 ? [props.serverName] : undefined },
      ],
      ports: [{ internal: SERVER_PORT, external: props.port, ip: props.bindAddress }],
      healthcheck: { test, interval: '5s', timeout: '5s', retries: 6 },
      wait: true,
      waitTimeout: 60,
      restart: 'unless-stopped',
      stopTimeout: STOP_TIMEOUT_SECONDS,
      destroyGraceSeconds: STOP_TIMEOUT_SECONDS,
      lifecycle: {
        replaceTriggeredBy: [carrier, fixedAtCreation].map(resourceAddress),
      },
    });
  }
}

function statusCommand(cli: string, serverName: string, caFile: string | undefined): string {
  const options = [`-address=https://127.0.0.1:${SERVER_PORT}`, `-tls-server-name=${terraformWord(serverName)}`];
  return [cli, 'status', ...options, ...(caFile === undefined ? [] : [`-ca-cert=${terraformWord(caFile)}`])].join(' ');
}
