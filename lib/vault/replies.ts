import { z } from 'zod';
import { LONGEST_LIFE_SECONDS } from '#core';

/*
 * Vault's replies, with the fields that this project reads. Other fields are ignored. Zod compiles a schema at its first
 * use, which takes longer than a request. So each schema is made once.
 */

/** A time as Vault and our records write it. */
export const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const texts = z.array(z.string());
const textsOrNull = texts.nullable().transform((list) => list ?? []);
const textFields = z
  .record(z.string(), z.string())
  .nullish()
  .transform((fields) => fields ?? {});
const webUrl = z.url({ protocol: /^https?$/ });

function inData<Fields extends z.ZodType>(data: Fields) {
  return z.object({ data });
}

/** Any object. */
export const fieldsReply = inData(z.record(z.string(), z.unknown()));
export const listReply = inData(z.object({ keys: texts }));

// The server itself.

export const sealStatusReply = z.object({
  initialized: z.boolean(),
  sealed: z.boolean(),
  version: z.string(),
  /** Key shares that unseal the server. */
  t: z.number(),
  /** Key shares that exist. */
  n: z.number(),
  progress: z.number(),
  recovery_seal: z.boolean().default(false),
  /** Unknown while the server is sealed. */
  cluster_id: z.string().optional(),
});
export const healthReply = z.object({
  initialized: z.boolean(),
  sealed: z.boolean(),
  version: z.string(),
  /** Only HashiCorp's server sends this. */
  enterprise: z.boolean().optional(),
});
export const leaderReply = z.object({
  ha_enabled: z.boolean(),
  is_self: z.boolean().optional(),
  active_time: z.string().optional(),
  leader_address: z.string().optional(),
});
export const raftReply = inData(z.object({ config: z.object({ servers: z.array(z.object({ voter: z.boolean() })) }) }));
export const initReply = z.object({
  keys_base64: texts,
  recovery_keys_base64: texts.nullish(),
  root_token: z.string(),
});
const tokenAttempt = z.object({
  nonce: z.string(),
  otp: z.string().optional(),
  progress: z.number(),
  required: z.number(),
  complete: z.boolean(),
  encoded_token: z.string().optional(),
});
/** The generation of a root token. An authenticated call gets an envelope. */
export const tokenAttemptReply = z.union([inData(tokenAttempt).transform(({ data }) => data), tokenAttempt]);
/** An entry of the storage, as text. */
export const rawReply = inData(z.object({ value: z.string() }));

// Mounts, plugins and policies.

export const mountReply = inData(z.object({ type: z.string(), running_sha256: z.string().optional() }));
/** Secrets engines, auth methods or audit devices, by path. */
export const mountsReply = inData(
  z.record(z.string(), z.object({ type: z.string(), description: z.string().optional() })),
);
export const pluginReply = inData(z.object({ sha256: z.string() }));
export const policyReply = inData(z.object({ policy: z.string() }));

// Tokens and logins.

export const wrapReply = z.object({
  wrap_info: z.object({
    token: z.string().min(1),
    ttl: z.number().max(LONGEST_LIFE_SECONDS),
    creation_time: time,
    wrapped_accessor: z.string().optional(),
  }),
});
/** A login, or a new token. */
export const loginReply = z.object({
  auth: z.object({ client_token: z.string().min(1), lease_duration: z.number().max(LONGEST_LIFE_SECONDS) }),
});
export const tokenReply = inData(z.object({ accessor: z.string(), ttl: z.number() }));
/** Name of the holder of a token, and the path of its login. */
export const displayNameReply = inData(z.object({ display_name: z.string(), path: z.string() }));
const role = z.object({ token_policies: textsOrNull, token_no_default_policy: z.boolean().optional() });
export const roleReply = inData(role);
export const roleIdReply = inData(z.object({ role_id: z.string().min(1) }));
export const secretIdReply = inData(
  z.object({ secret_id: z.string(), secret_id_accessor: z.string(), secret_id_ttl: z.number() }),
);
/** OpenBao replies without a body if the secret id has expired but is not removed yet. */
export const secretIdLookupReply = inData(z.object({ creation_time: time, expiration_time: time }))
  .or(z.literal('').transform(() => undefined))
  .optional();
/** The URL is empty if the role does not exist, or does not allow the redirect URL. */
export const oidcUrlReply = inData(z.object({ auth_url: z.union([z.literal(''), webUrl]) }));
export const oidcConfigReply = inData(
  z.object({
    oidc_discovery_url: z.string(),
    oidc_client_id: z.string(),
    bound_issuer: z.string(),
    /** OpenBao only: whether it has the provider's keys. */
    status: z.string().optional(),
  }),
);
export const oidcRoleReply = inData(
  role.extend({
    role_type: z.string(),
    bound_audiences: textsOrNull,
    bound_claims: z.record(z.string(), z.unknown()).nullable(),
    allowed_redirect_uris: textsOrNull,
  }),
);

// The oauthapp plugin and the key-value engines.

export const engineConfiguration = z.looseObject({
  tune_provider_timeout_seconds: z.number(),
  tune_provider_timeout_expiry_leeway_factor: z.number(),
  tune_refresh_check_interval_seconds: z.number(),
  tune_refresh_expiry_delta_factor: z.number(),
  tune_reap_check_interval_seconds: z.number(),
});
export type EngineConfiguration = z.output<typeof engineConfiguration>;
export const engineConfigReply = inData(engineConfiguration);
export const integrationReply = inData(
  z.object({
    client_id: z.string(),
    provider: z.string(),
    provider_options: textFields,
    auth_url_params: textFields,
  }),
);
/** URL at which a person consents. */
export const consentUrlReply = inData(z.object({ url: webUrl }));
export const credentialReply = z.object({
  data: z.object({ access_token: z.string(), expire_time: time.optional() }),
  warnings: texts.nullish(),
});
export const recordReply = inData(z.object({ data: z.unknown(), metadata: z.object({ version: z.int() }) }));
export const keptSecretReply = inData(z.object({ client_secret: z.string().min(1) }));
