import { z } from 'zod';
import { described, name, path, seconds, strictObject, wholeNumber, type Fields, type StrictObject } from './fields';

/*
 * The engine. Its defaults lose no grant, because only a person can give one again.
 */

const pluginFields = {
  /**
   * Name in the plugin catalog, and type of the mount. Another name means a new mount without the grants.
   * @default "oauthapp"
   */
  name: name.default('oauthapp'),
  /** Write the catalog entry. False: someone else does, as for a namespace. @default true */
  manage: z.boolean().default(true),
  /** Plugin binary on this machine: its sha256 is computed, and it is mounted into the container. @default - none: give `sha256` */
  path: z.string().optional(),
  /** Hex sha256 of the binary on the server. @default - computed from `path` */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: ({ input }) => `must be 64 lower-case hex digits, got "${String(input)}"` })
    .optional(),
  /** File name of the binary in the server's plugin directory. @default - the file name of `path`, else the name */
  command: z.string().min(1).optional(),
};

/** @see https://github.com/puppetlabs/vault-plugin-secrets-oauthapp/blob/main/README.md, `config`, for the plugin's names */
const tuningFields = {
  /**
   * How long the engine waits for Webex; 0: no end. Refreshes of one credential come one after the other, so a read can
   * wait for several. With 12 s, three readers of an expired token wait up to 48 s while Webex hangs. Most clients give up
   * after 60 s, and a client that gives up during a refresh can lose the grant. A lower value discards more late answers,
   * and a discarded answer loses the grant if Webex rotates refresh tokens. @default 12
   */
  providerTimeoutSeconds: seconds.default(12),
  /**
   * Growth of that wait for a token that expires, and beyond it for one that expired days ago. 1 keeps the wait constant. @default 1
   */
  providerTimeoutExpiryLeewayFactor: z
    .number()
    .min(1, { error: ({ input }) => `must be at least 1, got ${described(input)}, and the plugin refuses less; use 1` })
    .default(1),
  /** How often the engine looks for tokens to refresh, at most 90 days (the plugin's own limit); 0: only when read. @default 3600 */
  refreshCheckIntervalSeconds: wholeNumber(0, 90 * 24 * 3600).default(3600),
  /**
   * How long before its expiry an access token is refreshed. A shorter outage of Webex costs nothing. It is at least the
   * check interval, and is ignored if the interval is 0.
   * @default 604800 (7 days; Webex tokens live 14)
   */
  refreshAheadSeconds: seconds.default(7 * 24 * 3600),
};

export interface EngineTuningFields extends Fields<typeof tuningFields> {}

/** Settings that hardly anybody changes. Reaping is not declarable: the engine never deletes a grant. */
export const engineTuning: StrictObject<EngineTuningFields> = strictObject(tuningFields);

export type EngineTuning = z.output<typeof engineTuning>;

const engineFields = {
  /** Path of the engine. It moves to another path with its grants if `movedFrom` says so. @default "oauthapp" */
  mountPath: path.default('oauthapp'),
  /**
   * Former path of the engine. The next deploy moves the engine from there and needs the client secrets again. Leave it out
   * after that deploy: the provisioner may move the engine as long as it is declared. @default - it does not move
   */
  movedFrom: path.optional(),
  /**
   * Import an engine that somebody mounted there by hand, with its grants: the next deploy adds the mount to Terraform's
   * state and writes the rest over what is there. Leave it declared if the engine holds grants of others: the observer
   * then reads declared grants only. @default false
   */
  import: z.boolean().default(false),
  /**
   * Terraform refuses to delete the mount with every grant, as another plugin name or `destroy` would. Only a person can
   * give a grant again. @default true
   */
  preventDestroy: z.boolean().default(true),
  tuning: engineTuning.prefault({}),
  plugin: strictObject(pluginFields).prefault({}),
  /**
   * Path of the records: who consented and when, which refreshes were seen, the last backup. They hold no secret.
   * @default - the mount path with "-records" behind it
   */
  recordsPath: path.optional(),
};

export interface EngineDeclarationFields extends Fields<typeof engineFields> {}

export const engineDeclaration: StrictObject<EngineDeclarationFields> = strictObject(engineFields);

/** Default path of the records. */
export function recordsPathOf(mountPath: string): string {
  return `${mountPath}-records`;
}

/** Path of the client secrets for healing. */
export function healingPathOf(mountPath: string): string {
  return `${mountPath}-healing`;
}
