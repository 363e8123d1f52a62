import { z } from 'zod';

/*
 * Entries of Vault's audit log. Each request has an entry for itself and one for its response, also if it is refused.
 *
 * @see https://openbao.org/docs/audit/
 * @see https://developer.hashicorp.com/vault/docs/audit/schema
 */

/** A missing field is no issue, because issues take time. A field of another type counts as missing. */
const text = z.string().optional().catch(undefined);

const auth = z
  .object({
    display_name: text,
    policies: z.array(z.string()).nullish().catch(undefined),
    /** AppRole has `role_name`, jwt, oidc and kubernetes have `role`, cert has `cert_name`. */
    metadata: z
      .object({ role_name: z.string().optional(), role: z.string().optional(), cert_name: z.string().optional() })
      .nullish()
      .catch(undefined),
  })
  .nullish()
  .catch(undefined);

const auditEntry = z.object({
  time: z.iso.datetime({ offset: true }),
  type: z.enum(['request', 'response']),
  auth,
  request: z.object({
    operation: text,
    path: text,
    namespace: z.object({ path: text }).nullish().catch(undefined),
    remote_address: text,
  }),
  /** Error of Vault itself, such as "permission denied". The engine's own errors are in the response. */
  error: text,
  response: z
    .object({ data: z.record(z.string(), z.unknown()).nullish(), wrap_info: z.unknown().optional() })
    .nullish()
    .catch(undefined),
});

export type AuditEntry = z.output<typeof auditEntry>;

/** @returns undefined if the value is no entry of an audit log */
export function parseAuditEntry(value: unknown): AuditEntry | undefined {
  return auditEntry.safeParse(value).data;
}

/** A holder of a Vault token, as the audit log names it. */
export interface Caller {
  /** Method of the login and name of the identity, such as "approle". @default - there was no valid token */
  readonly displayName?: string;
  /** Role of the login. @default - the token does not come from a login by a role */
  readonly role?: string;
  readonly policies: readonly string[];
  /** Address of the client, or of the load balancer before Vault. */
  readonly address: string;
}

/** `refused` by Vault; `failed`: Vault permitted the read, and the engine had no token. */
export type ReadOutcome = 'read' | 'refused' | 'failed';

/** A read of a credential. */
export interface CredentialRead {
  /** Path below `<mount>/creds/`. */
  readonly credential: string;
  readonly outcome: ReadOutcome;
  readonly caller: Caller;
}

/** Place of the credentials in Vault. */
export interface CredentialPaths {
  /** Such as `oauthapp/creds/`: the engine's path, and its former one. */
  readonly folders: readonly string[];
  /** @default - the root namespace */
  readonly namespace?: string;
}

/** @returns undefined if the entry is not the response to a read of a credential */
export function credentialRead(
  entry: AuditEntry,
  { folders, namespace = '' }: CredentialPaths,
): CredentialRead | undefined {
  const { type, request, error, response } = entry;
  const { path = '' } = request;
  const folder = folders.find((each) => path.startsWith(each));
  const isOurs = folder !== undefined && (request.namespace?.path ?? '').replace(/\/$/, '') === namespace;
  if (type !== 'response' || request.operation !== 'read' || !isOurs) {
    return undefined;
  }
  const hasToken = response?.wrap_info != null || Object.hasOwn(response?.data ?? {}, 'access_token');
  return {
    credential: path.slice(folder.length),
    outcome: hasToken ? 'read' : error === undefined || error === '' ? 'failed' : 'refused',
    caller: callerOf(entry),
  };
}

function callerOf({ auth: holder, request }: AuditEntry): Caller {
  const { role_name: roleName, role, cert_name: certName } = holder?.metadata ?? {};
  return {
    displayName: holder?.display_name || undefined,
    role: roleName ?? role ?? certName,
    policies: holder?.policies ?? [],
    address: request.remote_address ?? '',
  };
}
