import { DockerProvider } from '@cdktf/provider-docker/lib/provider';
import { HelmProvider } from '@cdktf/provider-helm/lib/provider';
import { Annotations, TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { isAbsolute } from 'node:path';
import { resolveServer, type PodServer } from '../../lib/declaration/resolved/resolved-server';
import type { Deployment } from '../../lib/declaration/schema/deployment';
import type { DevServerDeclaration } from '../../lib/declaration/schema/server/server-declaration';
import { DeploymentStack, type DeploymentStackProps } from '../deployment-stack';
import { KubernetesServer } from './kubernetes/kubernetes-server';
import { ProductionServer } from './production-server';
import { VaultServerContainer } from './vault-server-container';

/** Terraform prefers `KUBE_CONFIG_PATHS`. Commands set that variable from `KUBECONFIG`. */
const KUBECONFIG = '~/.kube/config';

/** Stack `vault-server`: a server on this machine or on Kubernetes, if none exists yet. */
export class VaultServer extends DeploymentStack {
  constructor(scope: Construct, id: string, deployment: Deployment, props: DeploymentStackProps = {}) {
    super(scope, id, deployment, props);
    const resolved = resolveServer(deployment, this.folder);
    resolved.warnings.forEach((warning) => Annotations.of(this).addWarning(warning));
    if ('plugin' in resolved) {
      this.#runOnKubernetes(resolved);
    } else if (resolved.server.mode === 'production') {
      new DockerProvider(this, 'docker');
      const hostPath = (path: string): string => this.#hostPath(path);
      const props = { ...resolved.server, pluginFolder: resolved.pluginFolder, hostPath };
      this.#tellAddresses(new ProductionServer(this, 'server', props).addresses);
    } else {
      new DockerProvider(this, 'docker');
      this.#runDevelopment(resolved.server, resolved.pluginFolder);
    }
    this.note(resolved.declared);
  }

  #runDevelopment(server: DevServerDeclaration, pluginFolder: string): void {
    const container = new VaultServerContainer(this, 'server', {
      ...server,
      pluginFolder: this.#hostPath(pluginFolder),
    });
    new TerraformOutput(this, 'vault_addr', { value: container.address, staticId: true });
    new TerraformOutput(this, 'root_token_command', {
      // Docker keeps the log across restarts, and each start prints a new token.
      value: `docker logs ${container.containerName} 2>&1 | sed -n 's/^Root Token: //p' | tail -n 1`,
      description: 'Command that prints the root token of the dev server, which is only in its log',
      staticId: true,
    });
  }

  #runOnKubernetes({ server, plugin }: PodServer): void {
    const { path } = server.chart;
    new HelmProvider(this, 'helm', { kubernetes: { configPath: KUBECONFIG, configContext: server.context } });
    const { addresses } = new KubernetesServer(this, 'server', {
      ...server,
      chart: path === undefined ? server.chart : { path: this.#hostPath(path) },
      plugin,
    });
    this.#tellAddresses(addresses);
  }

  #tellAddresses(addresses: readonly string[]): void {
    new TerraformOutput(this, 'vault_addr', { value: addresses[0], staticId: true });
    if (addresses.length > 1) {
      new TerraformOutput(this, 'vault_addrs', {
        value: addresses,
        description: 'Address of each node',
        staticId: true,
      });
    }
  }

  /** Docker requires an absolute path. Terraform computes it, so the JSON has no folder of this machine. */
  #hostPath(path: string): string {
    return isAbsolute(path) ? path : `\${abspath("${this.pathFromOutput(path)}")}`;
  }
}
