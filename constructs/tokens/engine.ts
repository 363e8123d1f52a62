import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Plugin } from '@cdktf/provider-vault/lib/plugin';
import type { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { DataResource, type Postcondition, TerraformStack, Token } from 'cdktf';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { withDefaults } from '../../lib/declaration/schema/defaults';
import { engineConfiguration } from '../../lib/declaration/derived/engine-configuration';
import { engineSettings, engineTuning, pluginDeclaration } from '../../lib/declaration/schema/engine-declaration';
import { PLUGIN_RELOAD_ENVIRONMENT as ENVIRONMENT } from '../../lib/declaration/derived/plugin-reload-environment';
import { programCommand } from './program-command';

export interface EngineProps extends Readonly<z.input<typeof engineSettings>> {
  /**
   * Name in the plugin catalog, and type of the mount. Another name is another mount: Vault cannot change the type of
   * one, so the grants in it would be lost. @default "oauthapp"
   */
  readonly pluginName?: string;
  /** Hex sha256 of the plugin binary. @default - the catalog entry is written by someone else */
  readonly pluginSha256?: string;
  /** File name of the plugin binary in the server's plugin directory. @default - the plugin's name */
  readonly pluginCommand?: string;
  /**
   * Provider that writes the catalog entry. Vault keeps one catalog for all namespaces, in the root namespace. A plugin
   * that is replaced must then be reloaded by hand, in the namespace of the mount, with refreshing paused. @default - the
   * stack's
   */
  readonly pluginProvider?: VaultProvider;
  /** Set for the command that reloads the plugin, as Terraform's provider has it. @default - the environment's */
  readonly vaultAddress?: string;
  /** @default - the environment's */
  readonly vaultNamespace?: string;
}

/** The oauthapp plugin: registered, mounted, tuned. */
export class Engine extends Construct {
  /** Where it is mounted; a reference, so that what uses it comes after it. */
  readonly mountPath: string;
  /** The same as it was given, for names. */
  readonly declaredPath: string;
  /** Where it was mounted before. */
  readonly movedFrom?: string;
  /** Changes when the mount is created anew, and everything in it has to be written again. */
  readonly mountAccessor: string;

  constructor(scope: Construct, id: string, props: EngineProps = {}) {
    super(scope, id);
    const settings = withDefaults(engineSettings, props);
    const pluginName = props.pluginName ?? pluginDeclaration.shape.name.parse(undefined);
    const { pluginSha256, pluginCommand = pluginName } = props;

    const plugin =
      pluginSha256 === undefined
        ? undefined
        : new Plugin(this, 'plugin', {
            // No version: Vault then accepts any build whose sha256 matches, and the mount names none.
            type: 'secret',
            name: pluginName,
            command: pluginCommand,
            sha256: pluginSha256,
            provider: props.pluginProvider,
          });

    const configuration = JSON.stringify(engineConfiguration(withDefaults(engineTuning, settings.tuning)));
    const reload =
      plugin === undefined || pluginSha256 === undefined || props.pluginProvider !== undefined
        ? undefined
        : this.#reload(plugin, pluginSha256, configuration, settings, props);

    const mount = new Mount(this, 'mount', {
      path: settings.mountPath,
      type: pluginName,
      description: 'OAuth grants, refreshed by the oauthapp plugin',
      dependsOn: [plugin, reload].filter((before) => before !== undefined),
      lifecycle: {
        ...(settings.preventDestroy ? { preventDestroy: true } : {}),
        ...(Token.isUnresolved(settings.mountPath) ? {} : { postcondition: [movedAsDeclared(settings)] }),
      },
    });
    if (settings.import) {
      mount.importFrom(settings.mountPath);
    }
    this.mountPath = mount.path;
    this.declaredPath = settings.mountPath;
    this.movedFrom = settings.movedFrom;
    this.mountAccessor = mount.accessor;

    new GenericEndpoint(this, 'config', {
      path: `${mount.path}/config`,
      dataJson: configuration,
      ignoreAbsentFields: true,
      // It goes with the mount. On its own, even for the moment in which a mount moves, reaping would be back on.
      disableDelete: true,
    });
  }

  /**
   * Vault goes on running the binary that it started, whatever the catalog says by now. First of all, so that the plugin
   * is not stopped while it is being written to; and by a command, as refreshing has to be paused for it: what the plugin
   * refreshes when it is stopped loses its grant. Where this fails in the middle, `config` below is seen to be another.
   */
  #reload(
    plugin: Plugin,
    sha256: string,
    configuration: string,
    { mountPath, movedFrom }: z.output<typeof engineSettings>,
    { vaultAddress, vaultNamespace }: EngineProps,
  ): DataResource {
    return new DataResource(this, 'reload', {
      triggersReplace: { sha256 },
      dependsOn: [plugin],
      // Also where the entry was another one behind our back.
      lifecycle: { replaceTriggeredBy: [`${plugin.terraformResourceType}.${plugin.friendlyUniqueId}`] },
      provisioners: [
        {
          type: 'local-exec',
          command: programCommand(TerraformStack.of(this), 'internal', 'reload-plugin'),
          environment: {
            [ENVIRONMENT.mountPath]: mountPath,
            ...(movedFrom === undefined ? {} : { [ENVIRONMENT.movedFrom]: movedFrom }),
            [ENVIRONMENT.sha256]: sha256,
            [ENVIRONMENT.configuration]: configuration,
            ...(vaultAddress === undefined ? {} : { VAULT_ADDR: vaultAddress }),
            ...(vaultNamespace === undefined ? {} : { VAULT_NAMESPACE: vaultNamespace }),
          },
        },
      ],
    });
  }
}

/**
 * Terraform would move the mount to any other path, and before it does, delete what else the state has there: the entries
 * of the integrations. In a plan, the id is still the path where it is mounted.
 */
function movedAsDeclared({ mountPath, movedFrom }: z.output<typeof engineSettings>): Postcondition {
  const paths = [mountPath, ...(movedFrom === undefined ? [] : [movedFrom])];
  return {
    condition: `\${contains(${JSON.stringify(paths)}, self.id)}`,
    errorMessage: `the engine is mounted at "\${self.id}", and engine.mountPath is "${mountPath}"; to move it there with its grants, declare engine.movedFrom: "\${self.id}" too; else leave its path as it was`,
  };
}
