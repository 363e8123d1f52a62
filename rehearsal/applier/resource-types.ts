import { z } from 'zod';
import { ExplainedError, VaultResponseError } from '#core';
import { fieldsReply, roleIdReply } from '../../lib/vault/replies';
import { VaultClient } from '../../lib/vault/vault-client';

/*
 * The Terraform resource types of our stacks, as reads and writes of Vault's API. Each schema is strict: an unknown
 * attribute is refused.
 */

/** Attributes of a resource that other resources can refer to. */
export type Attributes = Readonly<Record<string, unknown>>;

export interface ResourceType {
  /**
   * @param triggered whether a resource in `replace_triggered_by` has changed
   * @returns the attributes, and whether something was written
   */
  apply(
    vault: VaultClient,
    declared: unknown,
    address: string,
    triggered: boolean,
  ): Promise<{ changed: boolean; attributes: Attributes }>;
}

/** A resource with one path, which is read, compared with the declaration and written if it differs. */
function object<T extends Record<string, unknown>>(
  schema: z.ZodType<T>,
  describe: (declared: T) => {
    readonly path: string;
    readonly body: Readonly<Record<string, unknown>>;
    /** Expected fields of a read. @default - the body */
    readonly written?: Readonly<Record<string, unknown>>;
    /** Path of changes. @default - the path */
    readonly updatePath?: string;
    /** Path of reads. @default - the path */
    readonly readPath?: string;
    /** Whether a read may lack fields. @default false */
    readonly ignoresAbsent?: boolean;
  },
  after: (vault: VaultClient, declared: T) => Promise<Attributes> = () => Promise.resolve({}),
): ResourceType {
  return {
    async apply(vault, raw, address) {
      const declared = parse(schema, raw, address);
      const { path, body, ...others } = describe(declared);
      const { written = body, updatePath = path, readPath = path, ignoresAbsent = false } = others;
      const found = await readOrUndefined(vault, readPath);
      const seen = Object.entries(written).filter(([field]) => !ignoresAbsent || field in (found ?? {}));
      const changed = found === undefined || !contains(found, Object.fromEntries(seen));
      if (changed) {
        await vault.write(found === undefined ? path : updatePath, body);
      }
      const actual = changed ? await readOrUndefined(vault, readPath) : found;
      return { changed, attributes: { ...actual, ...declared, id: path, ...(await after(vault, declared)) } };
    },
  };
}

const plugin = object(
  z.strictObject({ type: z.string(), name: z.string(), command: z.string(), sha256: z.string() }),
  ({ type, name, command, sha256 }) => ({ path: `sys/plugins/catalog/${type}/${name}`, body: { command, sha256 } }),
);

const mount = object(
  z.strictObject({
    path: z.string(),
    type: z.string(),
    options: z.record(z.string(), z.string()).optional(),
    description: z.string().default(''),
  }),
  ({ path, type, options, description }) => ({
    path: `sys/mounts/${path}`,
    body: { type, description, ...(options && { options }) },
    updatePath: `sys/mounts/${path}/tune`,
  }),
);

const endpointSchema = z.strictObject({
  path: z.string(),
  data_json: z.string().transform((json) => z.record(z.string(), z.unknown()).parse(JSON.parse(json))),
  ignore_absent_fields: z.literal(true),
  disable_read: z.boolean().optional(),
  disable_delete: z.boolean().optional(),
});

const readableEndpoint = object(
  endpointSchema,
  ({ path, data_json }) => ({ path, body: data_json, written: asRead(data_json), ignoresAbsent: true }),
  // Our stacks keep nothing of Vault's answer.
  () => Promise.resolve({ write_data_json: '' }),
);

/** Vault accepts a mount's lockout as one object, and returns it as several fields. */
function asRead({
  user_lockout_config: lockout,
  ...fields
}: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = z.object({ lockout_disable: z.boolean() }).safeParse(lockout);
  return given.success ? { ...fields, user_lockout_disable: given.data.lockout_disable } : fields;
}

const genericEndpoint: ResourceType = {
  async apply(vault, raw, address, triggered) {
    const { path, data_json, disable_read } = parse(endpointSchema, raw, address);
    if (disable_read !== true) {
      return readableEndpoint.apply(vault, raw, address, triggered);
    }
    // An action, which cannot be read.
    if (triggered) {
      await vault.write(path, data_json);
    }
    return { changed: triggered, attributes: { id: path, path } };
  },
};

const policy = object(z.strictObject({ name: z.string(), policy: z.string() }), ({ name, policy }) => ({
  path: `sys/policies/acl/${name}`,
  body: { policy },
}));

const authBackend = object(
  z.strictObject({ type: z.string(), path: z.string(), description: z.string().default('') }),
  ({ type, path, description }) => ({
    path: `sys/auth/${path}`,
    body: { type, description },
    updatePath: `sys/mounts/auth/${path}/tune`,
    readPath: `sys/mounts/auth/${path}`,
  }),
);

/** Common fields of all roles. */
const tokenFields = {
  token_policies: z.array(z.string()),
  token_ttl: z.number(),
  token_max_ttl: z.number(),
  token_bound_cidrs: z.array(z.string()).default([]),
  token_no_default_policy: z.boolean().default(false),
};

const appRole = object(
  z.strictObject({
    backend: z.string(),
    role_name: z.string(),
    ...tokenFields,
    token_type: z.string().optional(),
    bind_secret_id: z.boolean().default(true),
    secret_id_ttl: z.number(),
    secret_id_num_uses: z.number(),
    secret_id_bound_cidrs: z.array(z.string()).default([]),
  }),
  ({ backend, role_name, ...body }) => ({ path: `auth/${backend}/role/${role_name}`, body }),
  async (vault, { backend, role_name }) => {
    return { role_id: (await vault.read(`auth/${backend}/role/${role_name}/role-id`, roleIdReply)).data.role_id };
  },
);

const jwtSchema = z.strictObject({
  type: z.literal('jwt'),
  path: z.string(),
  oidc_discovery_url: z.string().default(''),
  oidc_discovery_ca_pem: z.string().default(''),
  jwt_validation_pubkeys: z.array(z.string()).default([]),
  bound_issuer: z.string(),
  jwt_supported_algs: z.array(z.string()),
});

const jwtConfig = object(jwtSchema.omit({ type: true }), ({ path, ...body }) => ({
  path: `auth/${path}/config`,
  body,
}));

/** The method and its configuration, which are one resource. */
const jwtBackend: ResourceType = {
  async apply(vault, raw, address, triggered) {
    const { type, ...configured } = parse(jwtSchema, raw, address);
    const { path } = configured;
    const method = await authBackend.apply(vault, { path, type }, address, triggered);
    const config = await jwtConfig.apply(vault, configured, address, triggered);
    return {
      changed: method.changed || config.changed,
      attributes: { ...method.attributes, ...config.attributes, id: path },
    };
  },
};

const jwtRole = object(
  z.strictObject({
    backend: z.string(),
    role_name: z.string(),
    role_type: z.enum(['jwt', 'oidc']),
    allowed_redirect_uris: z.array(z.string()).optional(),
    oidc_scopes: z.array(z.string()).optional(),
    user_claim: z.string(),
    bound_audiences: z.array(z.string()),
    bound_claims_type: z.literal('string'),
    bound_claims: z.record(z.string(), z.string()),
    disable_bound_claims_parsing: z.boolean(),
    ...tokenFields,
  }),
  ({ backend, role_name, bound_claims, disable_bound_claims_parsing: isWhole, ...body }) => {
    const claims = Object.entries(bound_claims).map(([name, value]) => [name, isWhole ? [value] : value.split(',')]);
    return {
      path: `auth/${backend}/role/${role_name}`,
      body: { ...body, bound_claims: Object.fromEntries(claims) as unknown },
    };
  },
);

const kubernetesConfig = object(
  z.strictObject({
    backend: z.string(),
    kubernetes_host: z.string(),
    kubernetes_ca_cert: z.string().optional(),
    disable_local_ca_jwt: z.boolean(),
  }),
  ({ backend, ...body }) => ({ path: `auth/${backend}/config`, body }),
);

const kubernetesRole = object(
  z.strictObject({
    backend: z.string(),
    role_name: z.string(),
    bound_service_account_names: z.array(z.string()),
    bound_service_account_namespaces: z.array(z.string()),
    audience: z.string(),
    ...tokenFields,
  }),
  ({ backend, role_name, ...body }) => ({ path: `auth/${backend}/role/${role_name}`, body }),
);

const certRole = object(
  z.strictObject({
    backend: z.string(),
    name: z.string(),
    certificate: z.string(),
    allowed_uri_sans: z.array(z.string()).default([]),
    allowed_dns_sans: z.array(z.string()).default([]),
    ...tokenFields,
  }),
  ({ backend, name, ...body }) => ({ path: `auth/${backend}/certs/${name}`, body }),
);

/** Resource types by Terraform's names. */
export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  vault_plugin: plugin,
  vault_mount: mount,
  vault_generic_endpoint: genericEndpoint,
  vault_policy: policy,
  vault_auth_backend: authBackend,
  vault_approle_auth_backend_role: appRole,
  vault_jwt_auth_backend: jwtBackend,
  vault_jwt_auth_backend_role: jwtRole,
  vault_kubernetes_auth_backend_config: kubernetesConfig,
  vault_kubernetes_auth_backend_role: kubernetesRole,
  vault_cert_auth_backend_role: certRole,
};

/** @throws ExplainedError for an unknown attribute. @param within path of the value in the resource */
export function parse<T>(schema: z.ZodType<T>, raw: unknown, address: string, ...within: string[]): T {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const problems = issues.map(({ path, message }) => [...within, ...path, message].join(': ')).join('; ');
    throw unknownToApplier(`know all of ${address} (${problems})`);
  }
  return parsed.data;
}

export function unknownToApplier(what: string): ExplainedError {
  return new ExplainedError(`the rehearsal's applier does not ${what}; deploy this stack with Terraform or OpenTofu`);
}

async function readOrUndefined(vault: VaultClient, path: string): Promise<Record<string, unknown> | undefined> {
  try {
    return (await vault.read(path, fieldsReply)).data;
  } catch (error) {
    // Vault answers 404 for most missing objects, and 400 for a missing mount.
    if (error instanceof VaultResponseError && [400, 404].includes(error.statusCode)) {
      return undefined;
    }
    throw error;
  }
}

/** Whether all expected fields were found. Other fields are the server's own. */
function contains(found: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    const items = Array.isArray(found) ? found : [];
    return items.length === expected.length && expected.every((item, index) => contains(items[index], item));
  }
  if (typeof expected === 'object' && expected !== null) {
    return Object.entries(expected).every(([key, value]) => contains((found as Attributes | null)?.[key], value));
  }
  if (Array.isArray(found) && typeof expected === 'string') {
    return found.join(',') === expected;
  }
  // Vault stores the network of one address without its prefix length.
  return (found ?? '') === (expected ?? '') || `${String(found)}/32` === expected;
}
