import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { Mount } from '@cdktf/provider-vault/lib/mount';
import { Plugin } from '@cdktf/provider-vault/lib/plugin';
import type { VaultProvider } from '@cdktf/provider-vault/lib/provider';
import { type Postcondition, Token } from 'cdktf';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { withDefaults } from '../../lib/declaration/defaults';
import { engineConfiguration } from '../../lib/declaration/engine-configuration';
import { engineSettings, pluginDeclaration } from '../../lib/declaration/engine-declaration';

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
   * that is replaced must then be reloaded by hand, in the namespace of the mount. @default - the stack's
   */
  readonly pluginProvider?: VaultProvider;
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

    // Vault goes on running the binary that it started, whatever the catalog says by now. First of all, so that the
    // plugin is not stopped while it is being written to.
    const reload =
      plugin === undefined || props.pluginProvider !== undefined
        ? undefined
        : new GenericEndpoint(this, 'reload', {
            path: 'sys/plugins/reload/backend',
            dataJson: JSON.stringify({ plugin: pluginName }),
            ignoreAbsentFields: true,
            disableRead: true,
            disableDelete: true,
            dependsOn: [plugin],
            lifecycle: { replaceTriggeredBy: [`${plugin.terraformResourceType}.${plugin.friendlyUniqueId}`] },
          });

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
    this.mountPath = mount.path;
    this.declaredPath = settings.mountPath;
    this.movedFrom = settings.movedFrom;
    this.mountAccessor = mount.accessor;

    new GenericEndpoint(this, 'config', {
      path: `${mount.path}/config`,
      dataJson: JSON.stringify(engineConfiguration(settings)),
      ignoreAbsentFields: true,
      // It goes with the mount. On its own, even for the moment in which a mount moves, reaping would be back on.
      disableDelete: true,
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
