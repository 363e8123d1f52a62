import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Plugin } from '@cdktf/provider-vault/lib/plugin';
import type { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { DataResource, type Postcondition, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { PLUGIN_RELOAD_ENVIRONMENT as ENVIRONMENT } from '../../lib/declaration/command-environment';
import type { ResolvedEngine } from '../../lib/declaration/resolved/resolved-deployment';
import { resourceAddress } from '../terraform-text';
import { programCommand } from '../output-path';

export interface EngineProps extends ResolvedEngine {
  /**
   * Provider of the catalog entry, if the mount is in a namespace. Vault has one catalog, in the root namespace. A person then
   * reloads a replaced plugin by hand, in the namespace of the mount, while refreshes are paused.
   * @default - the provider of the stack
   */
  readonly pluginProvider?: VaultProvider;
  /** Variables `VAULT_ADDR` and `VAULT_NAMESPACE` for commands. They equal the provider's settings. @default - the environment's */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The oauthapp plugin: registered, mounted, tuned. */
export class Engine extends Construct {
  readonly mount: Mount;
  /** Declared path of the mount. */
  readonly declaredPath: string;
  /** Former path of the mount. */
  readonly movedFrom?: string;

  constructor(scope: Construct, id: string, props: EngineProps) {
    super(scope, id);
    const { mountPath, movedFrom, pluginName, pluginProvider } = props;
    const plugin =
      props.plugin &&
      new Plugin(this, 'plugin', {
        // The entry has no version. Vault then accepts any build with this sha256, and the mount names no version.
        type: 'secret',
        name: pluginName,
        ...props.plugin,
        provider: pluginProvider,
      });

    const configuration = JSON.stringify(props.configuration);
    const reload =
      plugin === undefined || pluginProvider !== undefined ? undefined : this.#reload(plugin, configuration, props);

    this.mount = new Mount(this, 'mount', {
      path: mountPath,
      type: pluginName,
      description: 'OAuth grants, refreshed by the oauthapp plugin',
      dependsOn: [plugin, reload].filter((before) => before !== undefined),
      lifecycle: {
        ...(props.preventDestroy ? { preventDestroy: true } : {}),
        postcondition: [movedAsDeclared(props)],
      },
    });
    if (props.isImported) {
      this.mount.importFrom(mountPath);
    }
    this.declaredPath = mountPath;
    this.movedFrom = movedFrom;

    new GenericEndpoint(this, 'config', {
      path: `${this.mount.path}/config`,
      dataJson: configuration,
      ignoreAbsentFields: true,
      // Vault deletes the configuration with the mount. A deletion without the mount, as during a move, would turn reaping on.
      disableDelete: true,
    });
  }

  /**
   * Vault runs the old binary until a reload. The reload precedes all writes, because a write fails while the plugin stops. A
   * command reloads, because it must pause refreshes first: a refresh during the stop loses its grant. If the command fails, the
   * next plan finds a changed `config`.
   */
  #reload(plugin: Plugin, configuration: string, { mountPath, movedFrom, environment }: EngineProps): DataResource {
    const sha256 = plugin.sha256Input ?? '';
    return new DataResource(this, 'reload', {
      triggersReplace: { sha256 },
      dependsOn: [plugin],
      // A changed catalog entry triggers the reload too.
      lifecycle: { replaceTriggeredBy: [resourceAddress(plugin)] },
      provisioners: [
        {
          type: 'local-exec',
          command: programCommand(TerraformStack.of(this), 'internal', 'reload-plugin'),
          environment: {
            [ENVIRONMENT.mountPath]: mountPath,
            ...(movedFrom === undefined ? {} : { [ENVIRONMENT.movedFrom]: movedFrom }),
            [ENVIRONMENT.sha256]: sha256,
            [ENVIRONMENT.configuration]: configuration,
            ...environment,
          },
        },
      ],
    });
  }
}

/**
 * Terraform would move the mount to any other path, and first delete the entries of integrations in it. In a plan, the id is the
 * present path of the mount.
 */
function movedAsDeclared({ mountPath, movedFrom }: EngineProps): Postcondition {
  const paths = [mountPath, ...(movedFrom === undefined ? [] : [movedFrom])];
  return {
    condition: `\${contains(${JSON.stringify(paths)}, self.id)}`,
    errorMessage: `the engine is mounted at "\${self.id}", but engine.mountPath is "${mountPath}". To move it there with its grants, also declare engine.movedFrom: "\${self.id}"; otherwise restore its earlier path`,
  };
}
