/*
 * Variables of the commands that Terraform runs during an apply. The constructs set them, and the commands read them.
 */

/** Variables of the command "write-entry", which writes an entry with its secret. */
export const ENTRY_SECRET_ENVIRONMENT = {
  /** Owner of the secret, such as `integration "webex-myapp"`. */
  of: 'ENTRY_SECRET_OF',
  /** Place that shows the secret to people. */
  shownBy: 'ENTRY_SECRET_SHOWN_BY',
  /** Variable that the person at the terminal sets. An error names it. */
  variable: 'ENTRY_SECRET_VARIABLE',
  secret: 'ENTRY_SECRET',
  /** Path of the entry, like `oauthapp/servers/webex-myapp`. */
  path: 'ENTRY_PATH',
  /** All other fields of the entry, as JSON. */
  fields: 'ENTRY_FIELDS',
  /** Name of the field that has the secret. */
  secretField: 'ENTRY_SECRET_FIELD',
} as const;

/** Variables of the command "reload-plugin". */
export const PLUGIN_RELOAD_ENVIRONMENT = {
  /** Present or future path of the engine. */
  mountPath: 'ENGINE_MOUNT',
  /** Former path of the engine. */
  movedFrom: 'ENGINE_MOVED_FROM',
  /** Hex sha256 of the declared plugin. */
  sha256: 'ENGINE_PLUGIN_SHA256',
  /** Declared configuration of the engine, as JSON. */
  configuration: 'ENGINE_CONFIGURATION',
  /** Command that resumes refreshes, with the options of the deploy. Command `deploy` sets it, and no construct does. */
  resume: 'ENGINE_RESUME',
} as const;
