import { z } from 'zod';
import { described, name, path, seconds, strictObject, wholeNumber, type Fields, type StrictObject } from './fields';
import { PLATFORMS, platformProblem } from './platform';
import { rules } from './rules';

/*
 * The engine. Its defaults never lose a grant, because only a person can give a new one.
 */

const pluginFields = {
  /**
   * Name of the plugin in the catalog, and type of the mount. Another name makes a new mount without the grants.
   * @default "oauthapp"
   * @example 'oauthapp-3'
   */
  name: name.default('oauthapp'),
  /**
   * Write the entry in the plugin catalog. False if somebody else writes it, as for a namespace.
   * @default true
   * @example false
   */
  manage: z.boolean().default(true),
  /**
   * Platform of the nodes, for the plugin of this release. A plugin for another platform than this machine's is fetched by
   * `webex-token-vault plugin fetch`.
   * @default - "linux/x64"; with `vault.server` in a container, Linux on the processor of this machine
   * @example 'linux/arm64'
   */
  platform: z.enum(PLATFORMS, { error: ({ input }) => platformProblem(String(input)) }).optional(),
  /**
   * Path of another plugin binary on this machine. The deploy computes its sha256. A container of `vault.server` mounts it.
   * @default - without `sha256`: `OAUTHAPP_PLUGIN`, or the plugin of this release; a clone has the one that `plugin fetch` compiled
   * @example 'plugin/oauthapp'
   */
  path: z.string().optional(),
  /**
   * Sha256 of the plugin binary on the server.
   * @default - computed from `path`; without `path`, the sha256 of this release's plugin for `platform`
   * @example 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c'
   */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: ({ input }) => `must be 64 lower-case hex digits, got "${String(input)}"` })
    .register(rules, { rule: '64 lower-case hex digits' })
    .optional(),
  /**
   * File name of the plugin binary in the server's plugin directory.
   * @default - the file name of `path`. It is `name` if only `sha256` is given. This release's plugin has a name that ends in 12
   * digits of its sha256.
   * @example 'vault-plugin-secrets-oauthapp'
   */
  command: z.string().min(1).optional(),
};

/** @see https://github.com/puppetlabs/vault-plugin-secrets-oauthapp/blob/main/README.md, `config`, for the plugin's names */
const tuningFields = {
  /**
   * Time that the engine waits for an answer of Webex. 0 waits without a limit. Refreshes of one credential follow each other, so
   * a read can wait for several of them. With 12 s, three readers of an expired token wait up to 48 s while Webex
   * hangs. Most clients give up after 60 s, and a client that gives up during a refresh can lose the grant. A lower value
   * discards more late answers. A discarded answer loses the grant if Webex rotates refresh tokens.
   * @default 12
   * @example 20
   */
  providerTimeoutSeconds: seconds.default(12),
  /**
   * Factor by which `providerTimeoutSeconds` has grown when a token expires. It grows further after the expiry. 1 keeps the timeout
   * constant.
   * @default 1
   * @example 1.5
   */
  providerTimeoutExpiryLeewayFactor: z
    .number()
    .min(1, { error: ({ input }) => `must be at least 1, got ${described(input)}, and the plugin refuses less; use 1` })
    .default(1),
  /**
   * Interval at which the engine looks for tokens to refresh. With 0, it refreshes a token only if somebody reads it. The
   * upper bound of 90 days is the plugin's own.
   * @default 3600
   * @example 600
   */
  refreshCheckIntervalSeconds: wholeNumber(0, 90 * 24 * 3600).default(3600),
  /**
   * Time before its expiry at which an access token is refreshed. Apps do not notice an outage of Webex that is shorter. The
   * engine ignores this field if `refreshCheckIntervalSeconds` is 0.
   * @default 604800 (7 days; an access token of Webex lives for 14)
   * @example 432000
   */
  refreshAheadSeconds: seconds
    .default(7 * 24 * 3600)
    .register(rules, { rule: 'at least `refreshCheckIntervalSeconds`' }),
};

export interface EngineTuningFields extends Fields<typeof tuningFields> {}

/** Settings that few deployments change. Reaping is no field, so the engine never deletes a grant. */
export const engineTuning: StrictObject<EngineTuningFields> = strictObject(tuningFields);

export type EngineTuning = z.output<typeof engineTuning>;

const PATH_RULE = 'not in a mount of Vault itself, like "sys"; not within another path of the engine, nor around it';

const engineFields = {
  /** Path of the engine. To move an engine with its grants, set `movedFrom` as well. @default "oauthapp" @example 'webex' */
  mountPath: path.default('oauthapp').register(rules, { rule: PATH_RULE }),
  /**
   * Former path of the engine. The next deploy moves the engine to `mountPath`, and needs the client secrets again. Remove the
   * field after that deploy, because the provisioner may move the engine as long as the field is there.
   * @default - the engine does not move
   * @example 'oauthapp'
   */
  movedFrom: path.optional().register(rules, { rule: `${PATH_RULE}; not with \`import\`` }),
  /**
   * Import an engine that somebody mounted at `mountPath` by hand. The grants stay. The next deploy adds the mount to
   * Terraform's state, and overwrites the other settings with the declared ones. Keep the field if the engine also has grants of others. The observer
   * then reads only the declared grants.
   * @default false
   * @example true
   */
  import: z.boolean().default(false).register(rules, { rule: 'not with `movedFrom`' }),
  /**
   * Terraform refuses to delete the mount with all its grants. If this field is false, `destroy` and a change of
   * `plugin.name` delete it. Only a person can give a new grant.
   * @default true
   * @example false
   */
  preventDestroy: z.boolean().default(true),
  /** Settings that few deployments change. @example { providerTimeoutSeconds: 20 } */
  tuning: engineTuning.prefault({}),
  /** The plugin. @example { path: 'plugin/oauthapp' } */
  plugin: strictObject(pluginFields).prefault({}),
  /**
   * Path of the records: the consents with their account and time, the observed refreshes, and the last backup. They hold no
   * secret.
   * @default - `mountPath` with "-records" at its end
   * @example 'webex-records'
   */
  recordsPath: path.optional().register(rules, { rule: PATH_RULE }),
};

export interface EngineDeclarationFields extends Fields<typeof engineFields> {}

export const engineDeclaration: StrictObject<EngineDeclarationFields> = strictObject(engineFields);

/** Default path of the records. */
export function recordsPathOf(mountPath: string): string {
  return `${mountPath}-records`;
}

/** Path of the client secrets that healing needs. */
export function healingPathOf(mountPath: string): string {
  return `${mountPath}-healing`;
}
