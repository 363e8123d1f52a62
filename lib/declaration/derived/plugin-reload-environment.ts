/** Environment of the command that reloads the plugin. Terraform sets it as the construct Engine says. */
export const PLUGIN_RELOAD_ENVIRONMENT = {
  /** Where the engine is mounted, or will be. */
  mountPath: 'ENGINE_MOUNT',
  /** Where it may be mounted before that. */
  movedFrom: 'ENGINE_MOVED_FROM',
  /** Hex sha256 of the plugin that is to run. */
  sha256: 'ENGINE_PLUGIN_SHA256',
  /** The engine's configuration as it is declared, as JSON. */
  configuration: 'ENGINE_CONFIGURATION',
} as const;
