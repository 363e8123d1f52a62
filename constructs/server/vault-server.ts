import { DockerProvider } from '@cdktf/provider-docker/lib/provider';
import { HelmProvider } from '@cdktf/provider-helm/lib/provider';
import { Annotations, TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { ExplainedError } from '#core';
import { checkChart } from '../../lib/declaration/files/chart-archive';
import { serverOf } from '../../lib/declaration/declared/declared-server';
import type { Deployment } from '../../lib/declaration/schema/deployment';
import type { KubernetesServerDeclaration } from '../../lib/declaration/schema/server/kubernetes-server-declaration';
import { inspectPlugin, type PluginBinary } from '../../lib/declaration/files/plugin-binary';
import { checkPluginPlatform } from '../../lib/declaration/files/plugin-platform';
import type {
  DevServerDeclaration,
  ProductionServerDeclaration,
} from '../../lib/declaration/schema/server/server-declaration';
import { checkServerFiles } from '../../lib/declaration/files/server-files';
import { DeploymentStack, type DeploymentStackProps } from '../deployment-stack';
import { KubernetesServer } from './kubernetes-server';
import { ProductionServer } from './production-server';
import { VaultServerContainer } from './vault-server-container';

/** Where everybody has their own; `KUBE_CONFIG_PATHS` wins, and our commands make that of `KUBECONFIG`. */
const KUBECONFIG = '~/.kube/config';

/** Stack `vault-server`: a server on this machine or on Kubernetes, where none exists yet. */
export class VaultServer extends DeploymentStack {
  constructor(scope: Construct, id: string, deployment: Deployment, props: DeploymentStackProps = {}) {
    super(scope, id, deployment, props);
    const { server } = deployment.vault;
    const { plugin } = deployment.engine;
    if (server?.mode === 'kubernetes') {
      this.#runOnKubernetes(server, inspectPlugin(plugin, this.folder));
      this.note(serverOf(server));
      return;
    }
    if (server === undefined || plugin.path === undefined) {
      throw new ExplainedError(
        'vault.server needs the plugin binary to run, got no engine.plugin.path; give its path on this machine',
      );
    }
    inspectPlugin(plugin, this.folder);
    this.#warn(checkPluginPlatform(resolve(this.folder, plugin.path)));
    new DockerProvider(this, 'docker');
    if (server.mode === 'production') {
      this.#runProduction(server, plugin.path);
    } else {
      this.#runDevelopment(server, plugin.path);
    }
    this.note(serverOf(server));
  }

  #runDevelopment({ product, image, port, containerName }: DevServerDeclaration, pluginPath: string): void {
    const container = new VaultServerContainer(this, 'server', {
      product,
      image,
      port,
      containerName,
      pluginFolder: this.#hostPath(dirname(pluginPath)),
    });
    new TerraformOutput(this, 'vault_addr', { value: container.address, staticId: true });
    new TerraformOutput(this, 'root_token_command', {
      // Docker keeps the log of a container that it starts again, with another token in it each time.
      value: `docker logs ${container.containerName} 2>&1 | sed -n 's/^Root Token: //p' | tail -n 1`,
      description: 'Prints the root token of the development server, which is in its log only',
      staticId: true,
    });
  }

  #runProduction(server: ProductionServerDeclaration, pluginPath: string): void {
    this.#warn(checkServerFiles(server, pluginPath, this.folder));
    const { tls, ...settings } = server;
    const { addresses } = new ProductionServer(this, 'server', {
      ...settings,
      tlsFolder: tls.folder,
      tlsCertFile: tls.certFile,
      tlsKeyFile: tls.keyFile,
      tlsCaFile: tls.caFile,
      serverName: tls.serverName,
      pluginFolder: dirname(pluginPath),
      hostPath: (path) => this.#hostPath(path),
    });
    this.#tellAddresses(addresses);
  }

  #runOnKubernetes(server: KubernetesServerDeclaration, plugin: PluginBinary): void {
    checkChart(server, this.folder);
    const { path } = server.chart;
    const kubernetes = { configPath: KUBECONFIG, configContext: server.context };
    new HelmProvider(this, 'helm', { kubernetes });
    const { addresses } = new KubernetesServer(this, 'server', {
      ...server,
      chart: path === undefined ? server.chart : { path: this.#hostPath(path) },
      pluginCommand: plugin.command,
      pluginSha256: plugin.sha256,
    });
    this.#tellAddresses(addresses);
  }

  #tellAddresses(addresses: readonly string[]): void {
    new TerraformOutput(this, 'vault_addr', { value: addresses[0], staticId: true });
    if (addresses.length > 1) {
      new TerraformOutput(this, 'vault_addrs', { value: addresses, description: 'Of each node', staticId: true });
    }
  }

  #warn(warnings: readonly string[]): void {
    warnings.forEach((warning) => Annotations.of(this).addWarning(warning));
  }

  /** Docker wants an absolute path; Terraform makes it one, so that none of this machine is in the declaration. */
  #hostPath(path: string): string {
    return isAbsolute(path) ? path : `\${abspath("${this.pathFromOutput(path)}")}`;
  }
}
