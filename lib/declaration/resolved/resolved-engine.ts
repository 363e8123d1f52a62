import { declaredConfiguration } from '../derived/engine-configuration';
import { inspectPlugin, type PluginBinary } from '../files/plugin-binary';
import type { Deployment } from '../schema/deployment';

/** The engine: its plugin, its mount and its configuration. */
export interface ResolvedEngine {
  /** Name in the plugin catalog, and type of the mount. */
  readonly pluginName: string;
  /** Binary of the catalog entry. @default - the entry is written by someone else */
  readonly plugin?: PluginBinary;
  readonly mountPath: string;
  /** Former path of the mount. @default - it does not move */
  readonly movedFrom?: string;
  /** Somebody mounted it by hand. */
  readonly isImported: boolean;
  readonly preventDestroy: boolean;
  /** All of `<mountPath>/config`. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** @throws ExplainedError if the plugin binary is missing, or its sha256 differs */
export function resolveEngine(engine: Deployment['engine'], folder: string): ResolvedEngine {
  const { plugin, mountPath, movedFrom, import: isImported, preventDestroy } = engine;
  return {
    pluginName: plugin.name,
    plugin: plugin.manage ? inspectPlugin(plugin, folder) : undefined,
    mountPath,
    movedFrom,
    isImported,
    preventDestroy,
    configuration: declaredConfiguration({ engine }),
  };
}
