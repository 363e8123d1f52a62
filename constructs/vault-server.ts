import { dirname, isAbsolute } from 'node:path';
import { DockerProvider } from '@cdktf/provider-docker/lib/provider';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import type { Deployment } from '../lib/deployment';
import { inspectPlugin } from '../lib/plugin-binary';
import { UserError } from '../lib/user-error';
import { DeploymentStack } from './deployment-stack';
import { VaultServerContainer } from './vault-server-container';

/** Stack `vault-server`: a server on this machine, where none exists yet. */
export class VaultServer extends DeploymentStack {
  constructor(scope: Construct, id: string, deployment: Deployment) {
    super(scope, id, deployment);
    const { server } = deployment.vault;
    const { plugin } = deployment.engine;
    if (server === undefined || plugin.path === undefined) {
      throw new UserError(
        'vault.server needs the plugin binary to run, got no engine.plugin.path; give its path on this machine',
      );
    }
    inspectPlugin(plugin, DeploymentStack.home);
    const folder = dirname(plugin.path);

    new DockerProvider(this, 'docker');
    const { flavour, image, port, containerName } = server;
    const container = new VaultServerContainer(this, 'server', {
      flavour,
      image,
      port,
      containerName,
      // Docker wants an absolute path; Terraform makes it one, so that none of this machine is in the declaration.
      pluginFolder: isAbsolute(folder) ? folder : `\${abspath("${this.projectFolder}/${folder}")}`,
    });

    new TerraformOutput(this, 'vault_addr', { value: container.address, staticId: true });
    new TerraformOutput(this, 'root_token_command', {
      value: `docker logs ${container.containerName} 2>&1 | sed -n 's/^Root Token: //p'`,
      description: 'Prints the root token of the development server, which is in its log only',
      staticId: true,
    });
  }
}
