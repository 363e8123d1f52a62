import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import nodeVault from 'node-vault';
import { z } from 'zod';
import { errorCode, ExplainedError } from 'webex-token-client/explained-error';
import { retryAfterMs, watchRetryAfter } from 'webex-token-client/retry-after';
import { oneLine } from 'webex-token-client/safe-text';

/*
 * Vault and OpenBao over node-vault: replies are parsed by a schema, errors are typed and carry no secret.
 */

/** Vault answered, and said no. */
export class VaultResponseError extends Error {
  override name = 'VaultResponseError';
  /** Vault's own messages as one line; empty where it gave none. */
  readonly said: string;

  constructor(
    readonly method: string,
    readonly path: string,
    readonly statusCode: number,
    /** Vault's own messages; may be empty, as on a 404. */
    readonly errors: readonly string[],
    readonly warnings: readonly string[] = [],
    /** How long it asks to be left alone, as a rate limit does. */
    readonly retryAfterMs?: number,
  ) {
    const said = oneLine(errors.join('; '));
    super(`Vault answered ${statusCode} to ${method} ${path}: ${said || 'no message'}`);
    this.said = said;
  }
}

/** No answer from Vault at all. */
export class VaultUnreachableError extends ExplainedError {
  override name = 'VaultUnreachableError';

  constructor(
    readonly address: string,
    /** Node's error code, like `ECONNREFUSED`. */
    readonly code: string,
  ) {
    super(
      `no answer from Vault at ${address} (${code}); ${UNREACHABLE_ADVICE[code] ?? 'check VAULT_ADDR and that the server runs'}`,
    );
  }
}

const UNREACHABLE_ADVICE: Record<string, string> = {
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is from a CA that is not trusted here; set VAULT_CACERT to that CA',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; set VAULT_CACERT to it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is from a CA that is not trusted here; set VAULT_CACERT to that CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is from a CA that is not trusted here; set VAULT_CACERT to that CA',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name; use that name in VAULT_ADDR',
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it on the server',
  EPROTO: 'it does not speak TLS; use http in VAULT_ADDR if that is meant',
};

export interface VaultClientOptions {
  /** Such as `https://vault.example.com:8200`. */
  readonly address: string;
  /** @default - none: only unauthenticated calls, until {@link VaultClient.withToken} */
  readonly token?: string;
  /** @default - the root namespace */
  readonly namespace?: string;
  /** PEM of the CA that signed the server's certificate. @default - the system's CAs */
  readonly ca?: string;
  /** Longest wait for one answer. @default 60000 */
  readonly timeoutMs?: number;
}

const loginReply = z.object({
  auth: z.object({
    client_token: z.string(),
    lease_duration: z.number(),
    renewable: z.boolean(),
    policies: z.array(z.string()).nullish(),
  }),
});

const sealStatusReply = z.object({
  initialized: z.boolean(),
  sealed: z.boolean(),
  version: z.string(),
  t: z.number(),
  n: z.number(),
  progress: z.number(),
});

export type SealStatus = z.infer<typeof sealStatusReply>;

const wrapReply = z.object({
  wrap_info: z.object({
    token: z.string().min(1),
    ttl: z.number(),
    creation_time: z.iso.datetime({ offset: true }),
    wrapped_accessor: z.string().optional(),
  }),
});

/** A reply that Vault keeps until it is fetched. */
export interface VaultWrapping {
  /** Fetches the reply, once. */
  readonly token: string;
  readonly expireTime: Date;
  /** Accessor of what is wrapped, such as a secret id; no secret. */
  readonly wrappedAccessor?: string;
}

export interface VaultLogin {
  readonly token: string;
  /** Remaining life of the token, in seconds. */
  readonly leaseDurationSeconds: number;
  readonly renewable: boolean;
}

export class VaultClient {
  readonly address: string;
  readonly #options: VaultClientOptions;
  readonly #client: nodeVault.client;

  constructor(options: VaultClientOptions) {
    this.#options = options;
    this.address = options.address.replace(/\/+$/, '');
    this.#client = nodeVault({
      endpoint: this.address,
      // node-vault logs what it writes, and skips verification, where an environment variable says so; so does Node.
      debug: () => undefined,
      rpDefaults: { strictSSL: true, timeout: options.timeoutMs ?? 60_000 },
      requestOptions: { strictSSL: true, ...(options.ca === undefined ? {} : { ca: options.ca }) },
    } as nodeVault.VaultOptions);
    // Set afterwards: its own defaults come from the environment.
    this.#client.token = options.token ?? '';
    Object.assign(this.#client, { namespace: options.namespace ?? '', pathPrefix: '' });
  }

  /** A client like this one that acts under another token. */
  withToken(token: string): VaultClient {
    return new VaultClient({ ...this.#options, token });
  }

  /** A client like this one in another namespace. */
  withNamespace(namespace: string | undefined): VaultClient {
    return new VaultClient({ ...this.#options, namespace });
  }

  /**
   * @throws VaultResponseError with `statusCode` 404 where there is nothing
   */
  async read<T>(path: string, reply: z.ZodType<T>): Promise<T> {
    return this.#call('GET', path, reply, () => this.#client.read(path));
  }

  async list(path: string): Promise<string[]> {
    const reply = z.object({ data: z.object({ keys: z.array(z.string()) }) });
    return (await this.#call('LIST', path, reply, () => this.#client.list(path))).data.keys;
  }

  async write(path: string, data: object): Promise<void>;
  async write<T>(path: string, data: object, reply: z.ZodType<T>): Promise<T>;
  async write(path: string, data: object, reply: z.ZodType = z.unknown()): Promise<unknown> {
    return this.#call('PUT', path, reply, () => this.#client.write(path, data));
  }

  /**
   * Writes, and has Vault keep the reply: who unwraps it within that time gets it, once.
   *
   * @see https://developer.hashicorp.com/vault/docs/concepts/response-wrapping
   */
  async writeWrapped(path: string, data: object, wrapTtlSeconds: number): Promise<VaultWrapping> {
    // The headers are made for this one call: node-vault leaves its token in them.
    const send = () => this.#client.write(path, data, { headers: { 'X-Vault-Wrap-TTL': `${wrapTtlSeconds}s` } });
    const { wrap_info: info } = await this.#call('PUT', path, wrapReply, send);
    return {
      token: info.token,
      expireTime: new Date(Date.parse(info.creation_time) + info.ttl * 1000),
      wrappedAccessor: info.wrapped_accessor || undefined,
    };
  }

  async delete(path: string): Promise<void> {
    await this.#call('DELETE', path, z.unknown(), () => this.#client.delete(path));
  }

  /** Needs no token. */
  async sealStatus(): Promise<SealStatus> {
    // Asked in the root namespace: the endpoint exists in no other.
    const root = this.withNamespace(undefined);
    return root.#call('GET', 'sys/seal-status', sealStatusReply, () => root.#client.read('sys/seal-status'));
  }

  /** Capabilities of the client's own token on a path, such as `["read", "update"]` or `["deny"]`. */
  async capabilities(path: string): Promise<string[]> {
    const reply = z.object({ data: z.object({ capabilities: z.array(z.string()) }) });
    return (await this.write('sys/capabilities-self', { paths: [path] }, reply)).data.capabilities;
  }

  /** @throws VaultResponseError with `statusCode` 400 where role id, secret id or network are not accepted */
  async loginAppRole(roleId: string, secretId: string, mountPath = 'approle'): Promise<VaultLogin> {
    const { auth } = await this.write(`auth/${mountPath}/login`, { role_id: roleId, secret_id: secretId }, loginReply);
    return { token: auth.client_token, leaseDurationSeconds: auth.lease_duration, renewable: auth.renewable };
  }

  /** Renews the client's own token. */
  async renewToken(): Promise<VaultLogin> {
    const { auth } = await this.write('auth/token/renew-self', {}, loginReply);
    return { token: auth.client_token, leaseDurationSeconds: auth.lease_duration, renewable: auth.renewable };
  }

  async #call<T>(method: string, path: string, reply: z.ZodType<T>, send: () => Promise<unknown>): Promise<T> {
    const body = await watchRetryAfter(async (retryAfter) => {
      try {
        return await send();
      } catch (error) {
        throw this.#describe(method, path, error, retryAfterMs(retryAfter()));
      }
    });
    const parsed = reply.safeParse(body);
    if (!parsed.success) {
      throw new ExplainedError(
        `${this.address} answered ${method} ${path} with something that Vault does not say; check that VAULT_ADDR is a Vault or OpenBao server`,
      );
    }
    return parsed.data;
  }

  /** The original error is dropped on purpose: it holds the request, and with it the token. */
  #describe(method: string, path: string, error: unknown, retryAfter?: number): Error {
    const failure = z
      .object({
        code: z.string().optional(),
        response: z.object({ statusCode: z.number(), body: z.unknown() }).optional(),
      })
      .safeParse(error).data;
    if (String(failure?.response?.body).includes('HTTP request to an HTTPS server')) {
      return new ExplainedError(
        `${this.address} was asked in plain HTTP, and that server speaks TLS only; use https in VAULT_ADDR`,
      );
    }
    if (failure?.response) {
      const body = z
        .object({ errors: z.array(z.string()).catch([]), warnings: z.array(z.string()).nullish() })
        .safeParse(failure.response.body).data;
      return new VaultResponseError(
        method,
        path,
        failure.response.statusCode,
        body?.errors ?? [],
        body?.warnings ?? [],
        retryAfter,
      );
    }
    return new VaultUnreachableError(this.address, failure?.code ?? 'no reason given');
  }
}

/** An environment variable in its Vault or its OpenBao form; the OpenBao form wins, as it does in `bao`. */
export function vaultVariable(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env[`BAO_${name}`] || env[`VAULT_${name}`] || undefined;
}

/**
 * The address, namespace, CA and token that the `vault` and `bao` commands would use.
 *
 * @param declared what `deployment.ts` says, used where the environment says nothing
 * @throws ExplainedError where there is no address, or one of them is unusable
 */
export function vaultOptionsFromEnvironment(
  declared: { address?: string; namespace?: string } = {},
  env: NodeJS.ProcessEnv = process.env,
): VaultClientOptions {
  const address = vaultVariable('ADDR', env) ?? declared.address;
  if (address === undefined) {
    throw new ExplainedError(
      'VAULT_ADDR is not set, so there is no Vault to ask; set it, like VAULT_ADDR=http://127.0.0.1:8200',
    );
  }
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new ExplainedError(
      `VAULT_ADDR must be an http or https URL, got "${address}"; write it like "http://127.0.0.1:8200"`,
    );
  }
  const caFile = vaultVariable('CACERT', env);
  return {
    address,
    namespace: vaultVariable('NAMESPACE', env) ?? declared.namespace,
    token: vaultVariable('TOKEN', env) ?? tokenFromHelperFile(env),
    ca: caFile === undefined ? undefined : readSetting('VAULT_CACERT', caFile),
  };
}

/** Reads a file that a setting names. @throws ExplainedError naming the setting */
export function readSetting(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ExplainedError(
      `${setting} names ${file}, which cannot be read (${errorCode(error)}); check the path and its permissions`,
    );
  }
}

/** Where `vault login` and `bao login` leave the token. */
function tokenFromHelperFile(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return readFileSync(join(env.HOME ?? homedir(), '.vault-token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
