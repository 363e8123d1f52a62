import { Container } from '@cdktf/provider-docker/lib/container';
import { Image } from '@cdktf/provider-docker/lib/image';
import { Construct } from 'constructs';
import { serverAddresses, type DevServerDeclaration } from '../../lib/declaration/schema/server/server-declaration';
import { SERVER_PRODUCTS, addedCapabilities } from './server-products';

const SERVER_PORT = 8200;

export interface VaultServerContainerProps extends Readonly<DevServerDeclaration> {
  /** Absolute path of the folder on the Docker host that holds the plugin binary. */
  readonly pluginFolder: string;
}

/**
 * A dev server of Vault or OpenBao. It is unsealed, in memory, and lost with the container.
 *
 * The server generates its root token and prints it in its log. So no token is in the container's environment or in the state.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/dev-server
 */
export class VaultServerContainer extends Construct {
  readonly address: string;
  readonly containerName: string;

  constructor(scope: Construct, id: string, props: VaultServerContainerProps) {
    super(scope, id);
    const { product, containerName, port, pluginFolder } = props;
    const { image: pinnedImage, cli, folder, prefix } = SERVER_PRODUCTS[product];
    const capabilities = addedCapabilities(props);
    [this.address] = serverAddresses(props);
    this.containerName = containerName;

    const image = new Image(this, 'image', {
      name: props.image ?? pinnedImage,
      // Other containers may use the same image.
      keepLocally: true,
    });
    const pluginDirectory = `${folder}/plugins`;
    new Container(this, 'container', {
      name: containerName,
      image: image.imageId,
      command: ['server', '-dev', '-dev-no-store-token'],
      // The entry point of the image writes this text into the server's configuration folder.
      env: [`${prefix}_LOCAL_CONFIG=${JSON.stringify({ plugin_directory: pluginDirectory })}`],
      mounts: [{ type: 'bind', source: pluginFolder, target: pluginDirectory, readOnly: true }],
      ports: [{ internal: SERVER_PORT, external: port, ip: '127.0.0.1' }],
      securityOpts: ['no-new-privileges'],
      capabilities: capabilities.length > 0 ? { add: capabilities.map((name) => `CAP_${name}`) } : undefined,
      healthcheck: {
        // Exit code 0 means unsealed, 2 sealed, and 1 no answer.
        test: ['CMD', cli, 'status', `-address=http://127.0.0.1:${SERVER_PORT}`],
        interval: '2s',
        timeout: '5s',
        retries: 15,
      },
      wait: true,
      waitTimeout: 60,
      restart: 'unless-stopped',
    });
  }
}
