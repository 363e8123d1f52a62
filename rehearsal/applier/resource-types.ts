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

interface ObjectOptions {
  /** Path of changes. @default - the path */
  readonly updatePath?: string;
  /** Path of reads. @default - the path */
  readonly readPath?: string;
  /** The fields in Vault's form. @default - the attributes that the path does not name */
  readonly body?: (attributes: Attributes) => Attributes;
  /** Expected fields of a read. @default - the body */
  readonly written?: (body: Attributes) => Attributes;
  /** Whether a read may lack fields. @default false */
  readonly ignoresAbsent?: boolean;
  /** Further attributes for other resources. @default - none */
  readonly after?: (vault: VaultClient, path: string) => Promise<Attributes>;
}

/**
 * An object of Vault, which is read, compared with the declaration and written if it differs.
 *
 * @param path with the attributes that it contains in braces. The others are the object's fields
 * @param shape schemas of the fields
 */
function object(path: string, shape: z.ZodRawShape, options: ObjectOptions = {}): ResourceType {
  const { updatePath = path, readPath = path, body = same, written = same, ignoresAbsent = false, after } = options;
  const inPath = [...path.matchAll(IN_PATH)].map(([, name]) => name ?? '');
  const schema = z.strictObject({ ...Object.fromEntries(inPath.map((name) => [name, z.string()])), ...shape });
  return {
    async apply(vault, raw, address) {
      const declared: Attributes = parse(schema, raw, address);
      const at = (template: string): string => template.replace(IN_PATH, (_, name: string) => String(declared[name]));
      const fields = body(Object.fromEntries(Object.entries(declared).filter(([name]) => !inPath.includes(name))));
      const found = await readOrUndefined(vault, at(readPath));
      const seen = Object.entries(written(fields)).filter(([field]) => !ignoresAbsent || field in (found ?? {}));
      const changed = found === undefined || !contains(found, Object.fromEntries(seen));
      if (changed) {
        await vault.write(at(found === undefined ? path : updatePath), fields);
      }
      const actual = changed ? await readOrUndefined(vault, at(readPath)) : found;
      return { changed, attributes: { ...actual, ...declared, id: at(path), ...(await after?.(vault, at(path))) } };
    },
  };
}

const IN_PATH = /\{(\w+)\}/g;

const same = (attributes: Attributes): Attributes => attributes;

const endpointSchema = {
  data_json: z.string().transform((json) => z.record(z.string(), z.unknown()).parse(JSON.parse(json))),
  ignore_absent_fields: z.literal(true),
  disable_read: z.boolean().optional(),
  disable_delete: z.boolean().optional(),
};

const readableEndpoint = object('{path}', endpointSchema, {
  body: ({ data_json }) => data_json as Attributes,
  written: asRead,
  ignoresAbsent: true,
  // Our stacks keep nothing of Vault's answer.
  after: () => Promise.resolve({ write_data_json: '' }),
});

/** Vault accepts a mount's lockout as one object, and returns it as several fields. */
function asRead({ user_lockout_config: lockout, ...fields }: Attributes): Attributes {
  const given = z.object({ lockout_disable: z.boolean() }).safeParse(lockout);
  return given.success ? { ...fields, user_lockout_disable: given.data.lockout_disable } : fields;
}

const genericEndpoint: ResourceType = {
  async apply(vault, raw, address, triggered) {
    const schema = z.strictObject({ path: z.string(), ...endpointSchema });
    const { path, data_json, disable_read } = parse(schema, raw, address);
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

const authBackend = object(
  'sys/auth/{path}',
  { type: z.string(), description: z.string().default('') },
  { updatePath: 'sys/mounts/auth/{path}/tune', readPath: 'sys/mounts/auth/{path}' },
);

const jwtConfig = object('auth/{path}/config', {
  oidc_discovery_url: z.string().default(''),
  oidc_discovery_ca_pem: z.string().default(''),
  jwt_validation_pubkeys: z.array(z.string()).default([]),
  bound_issuer: z.string(),
  jwt_supported_algs: z.array(z.string()),
});

/** The method and its configuration, which are one resource. */
const jwtBackend: ResourceType = {
  async apply(vault, raw, address, triggered) {
    const { path, type, ...configured } = parse(
      z.looseObject({ path: z.string(), type: z.literal('jwt') }),
      raw,
      address,
    );
    const method = await authBackend.apply(vault, { path, type }, address, triggered);
    const config = await jwtConfig.apply(vault, { path, ...configured }, address, triggered);
    return {
      changed: method.changed || config.changed,
      attributes: { ...method.attributes, ...config.attributes, id: path },
    };
  },
};

const tokenFields = {
  token_policies: z.array(z.string()),
  token_ttl: z.number(),
  token_max_ttl: z.number(),
  token_bound_cidrs: z.array(z.string()).default([]),
  token_no_default_policy: z.boolean().default(false),
};

function jwtClaims({ bound_claims, disable_bound_claims_parsing: isWhole, ...others }: Attributes): Attributes {
  const claims = Object.entries(bound_claims as Record<string, string>);
  return {
    ...others,
    bound_claims: Object.fromEntries(claims.map(([name, value]) => [name, isWhole ? [value] : value.split(',')])),
  };
}

export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  vault_plugin: object('sys/plugins/catalog/{type}/{name}', { command: z.string(), sha256: z.string() }),
  vault_mount: object(
    'sys/mounts/{path}',
    {
      type: z.string(),
      options: z.record(z.string(), z.string()).optional(),
      description: z.string().default(''),
    },
    { updatePath: 'sys/mounts/{path}/tune' },
  ),
  vault_generic_endpoint: genericEndpoint,
  vault_policy: object('sys/policies/acl/{name}', { policy: z.string() }),
  vault_auth_backend: authBackend,
  vault_approle_auth_backend_role: object(
    'auth/{backend}/role/{role_name}',
    {
      ...tokenFields,
      token_type: z.string().optional(),
      bind_secret_id: z.boolean().default(true),
      secret_id_ttl: z.number(),
      secret_id_num_uses: z.number(),
      secret_id_bound_cidrs: z.array(z.string()).default([]),
    },
    {
      after: async (vault, path) => ({ role_id: (await vault.read(`${path}/role-id`, roleIdReply)).data.role_id }),
    },
  ),
  vault_jwt_auth_backend: jwtBackend,
  vault_jwt_auth_backend_role: object(
    'auth/{backend}/role/{role_name}',
    {
      role_type: z.enum(['jwt', 'oidc']),
      allowed_redirect_uris: z.array(z.string()).optional(),
      oidc_scopes: z.array(z.string()).optional(),
      user_claim: z.string(),
      bound_audiences: z.array(z.string()),
      bound_claims_type: z.literal('string'),
      bound_claims: z.record(z.string(), z.string()),
      disable_bound_claims_parsing: z.boolean(),
      ...tokenFields,
    },
    { body: jwtClaims },
  ),
  vault_kubernetes_auth_backend_config: object('auth/{backend}/config', {
    kubernetes_host: z.string(),
    kubernetes_ca_cert: z.string().optional(),
    disable_local_ca_jwt: z.boolean(),
  }),
  vault_kubernetes_auth_backend_role: object('auth/{backend}/role/{role_name}', {
    bound_service_account_names: z.array(z.string()),
    bound_service_account_namespaces: z.array(z.string()),
    audience: z.string(),
    ...tokenFields,
  }),
  vault_cert_auth_backend_role: object('auth/{backend}/certs/{name}', {
    certificate: z.string(),
    allowed_uri_sans: z.array(z.string()).default([]),
    allowed_dns_sans: z.array(z.string()).default([]),
    ...tokenFields,
  }),
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
