import { z } from 'zod';
import { described, name, path, seconds, strictObject, wholeNumber, type Fields, type StrictObject } from './fields';

/*
 * The engine, as `deployment.ts` declares it. Defaults are chosen so that no grant is lost: only a person can give one
 * again.
 */

const pluginFields = {
  /**
   * Name in the plugin catalog, and type of the mount: another name later is another mount, without the grants.
   * @default "oauthapp"
   */
  name: name.default('oauthapp'),
  /** Write the catalog entry; false: someone else does, as above a namespace. @default true */
  manage: z.boolean().default(true),
  /** The plugin binary on this machine, to compute its sha256 and to mount it into the container. @default - none: give `sha256` */
  path: z.string().optional(),
  /** Hex sha256 of the binary on the server. @default - computed from `path` */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: ({ input }) => `must be 64 lower-case hex digits, got "${String(input)}"` })
    .optional(),
  /** File name of the binary in the server's plugin directory. @default - the file name of `path`, else the name */
  command: z.string().min(1).optional(),
};

export interface PluginDeclarationFields extends Fields<typeof pluginFields> {}

export const pluginDeclaration: StrictObject<PluginDeclarationFields> = strictObject(pluginFields);

/** @see https://github.com/puppetlabs/vault-plugin-secrets-oauthapp/blob/main/README.md, `config`, for the plugin's names */
const tuningFields = {
  /**
   * How long the engine waits for Webex; 0: no end. Refreshes of one credential come one after the other, so a read can
   * wait for several: with 12 s, and three readers of an expired token while Webex hangs, 48 s, below the 60 s after
   * which most clients give up; a client that gives up in the middle of a refresh can lose the grant. Lower costs more
   * answers: one that comes later is thrown away, and with it the grant if Webex rotates the refresh token. @default 12
   */
  providerTimeoutSeconds: seconds.default(12),
  /**
   * The wait grows up to this factor for a token that expires, and beyond it for one that expired days ago; at least 1,
   * which keeps it the same. @default 1
   */
  providerTimeoutExpiryLeewayFactor: z
    .number()
    .min(1, { error: ({ input }) => `must be at least 1, got ${described(input)}, and the plugin refuses less; use 1` })
    .default(1),
  /** How often the engine looks for tokens to refresh, at most 90 days (the plugin's own limit); 0: only when read. @default 3600 */
  refreshCheckIntervalSeconds: wholeNumber(0, 90 * 24 * 3600).default(3600),
  /**
   * How long before its expiry an access token is refreshed: an outage of Webex shorter than that costs nothing. Not
   * shorter than the check interval; pointless where it is longer than a token lives. Ignored where the interval is 0.
   * @default 604800 (7 days; Webex tokens live 14)
   */
  refreshAheadSeconds: seconds.default(7 * 24 * 3600),
};

export interface EngineTuningFields extends Fields<typeof tuningFields> {}

/** Settings that hardly anybody has to change. Reaping is not one of them: the engine never deletes a grant. */
export const engineTuning: StrictObject<EngineTuningFields> = strictObject(tuningFields);

export type EngineTuning = z.output<typeof engineTuning>;

const engineFields = {
  /** Path of the engine. It moves to another path with its grants if `movedFrom` says so. @default "oauthapp" */
  mountPath: path.default('oauthapp'),
  /**
   * Former path of the engine. The engine moves from there, the provisioner may move it, and the client secrets have to be
   * given once more. Leave it out, if you like, after that deploy, so that the provisioner may do so no more. @default - it does not move
   */
  movedFrom: path.optional(),
  /**
   * Import an engine that somebody mounted there by hand, with its grants: the next deploy adds the mount to Terraform's
   * state and writes the rest over what is there. Leave it declared if the engine holds grants of others: the observer
   * then reads declared grants only. @default false
   */
  import: z.boolean().default(false),
  /**
   * Whether Terraform refuses to delete the mount, as another plugin name and `destroy` would, and with it every grant:
   * only a person can give one again. Set to false before you mean that. @default true
   */
  preventDestroy: z.boolean().default(true),
  tuning: engineTuning.prefault({}),
};

export interface EngineSettingsFields extends Fields<typeof engineFields> {}

export const engineSettings: StrictObject<EngineSettingsFields> = strictObject(engineFields);

const declaredFields = {
  ...engineFields,
  plugin: pluginDeclaration.prefault({}),
  /**
   * Where what is known of the grants is mounted: who consented and when, which refreshes were seen, the last backup. No
   * secret is in it. @default - the mount path with "-records" behind it
   */
  recordsPath: path.optional(),
};

/** Where the records of the engine at that mount are. */
export function recordsPathOf(mountPath: string): string {
  return `${mountPath}-records`;
}

export interface EngineDeclarationFields extends Fields<typeof declaredFields> {}

export const engineDeclaration: StrictObject<EngineDeclarationFields> = strictObject(declaredFields);
