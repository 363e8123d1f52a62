import nodeVault from 'node-vault';
import { notVault, VaultConnection, type VaultConnectionOptions, VaultResponseError } from '#core';
import { z } from 'zod';
import { fieldsReply, healthReply, listReply, sealStatusReply, wrapReply } from './replies';

/*
 * Vault and OpenBao for operators, over node-vault. Requests use core's connection: one transport, one rule for redirects,
 * and typed errors without a secret in them.
 */

export type SealStatus = z.output<typeof sealStatusReply>;

export interface ServerHealth {
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly version: string;
  readonly product: 'openbao' | 'vault';
}

/** Command-line programs, by product. */
export const PROGRAMS = { openbao: 'bao', vault: 'vault' } as const;

export type ServerProgramName = (typeof PROGRAMS)[ServerHealth['product']];

/** A reply that Vault keeps until somebody unwraps it. */
export interface VaultWrapping {
  /** Unwraps the reply, once. */
  readonly token: string;
  readonly expireTime: Date;
  /** Accessor of the wrapped secret id or token. It is no secret. */
  readonly wrappedAccessor?: string;
}

const capabilities = z.array(z.string()).catch([]);

/** OpenBao refuses a request with more than a thousand strings in it. */
const PATHS_AT_ONCE = 500;

/** A request as node-vault passes it to its transport. */
interface NodeVaultRequest {
  readonly method: string;
  /** The path after `/v1`, with a slash before it. */
  readonly path: string;
  readonly json?: object;
  readonly headers: Readonly<Record<string, string>>;
}

export class VaultClient {
  readonly address: string;
  /** The same server under the same token. */
  readonly connection: VaultConnection;
  readonly #options: VaultConnectionOptions;
  readonly #client: nodeVault.client;

  constructor(options: VaultConnectionOptions) {
    this.#options = options;
    this.connection = new VaultConnection(options);
    this.address = this.connection.address;
    this.#client = nodeVault({
      endpoint: this.address,
      // Without this, node-vault logs what it writes if DEBUG is set.
      debug: () => undefined,
      'request-promise': { defaults: () => (request: NodeVaultRequest) => this.#send(request) },
    });
    // Set afterwards, because node-vault takes defaults from the environment. The connection has the token and the namespace.
    Object.assign(this.#client, { token: '', namespace: '', pathPrefix: '' });
  }

  /** A client like this one that acts under another token. */
  withToken(token: string): VaultClient {
    return new VaultClient({ ...this.#options, token });
  }

  /** A client like this one in another namespace. */
  withNamespace(namespace: string | undefined): VaultClient {
    return new VaultClient({ ...this.#options, namespace });
  }

  /** @throws VaultResponseError, with `statusCode` 404 if there is nothing at the path */
  async read(path: string): Promise<unknown>;
  async read<T>(path: string, reply: z.ZodType<T>): Promise<T>;
  async read(path: string, reply: z.ZodType = z.unknown()): Promise<unknown> {
    return this.#parse('GET', path, reply, await this.#client.read(path));
  }

  async list(path: string): Promise<string[]> {
    return this.#parse('LIST', path, listReply, await this.#client.list(path)).data.keys;
  }

  async write(path: string, data: object): Promise<void>;
  async write<T>(path: string, data: object, reply: z.ZodType<T>): Promise<T>;
  async write(path: string, data: object, reply: z.ZodType = z.unknown()): Promise<unknown> {
    return this.#parse('PUT', path, reply, await this.#client.write(path, data));
  }

  /**
   * Writes, and has Vault wrap the reply for that time.
   *
   * @see https://developer.hashicorp.com/vault/docs/concepts/response-wrapping
   */
  async writeWrapped(path: string, data: object, wrapTtlSeconds: number): Promise<VaultWrapping> {
    const headers = { 'X-Vault-Wrap-TTL': `${wrapTtlSeconds}s` };
    const reply: unknown = await this.#client.write(path, data, { headers });
    const { wrap_info: info } = this.#parse('PUT', path, wrapReply, reply);
    return {
      token: info.token,
      expireTime: new Date(info.creation_time.getTime() + info.ttl * 1000),
      wrappedAccessor: info.wrapped_accessor || undefined,
    };
  }

  async delete(path: string): Promise<void> {
    await this.#client.delete(path);
  }

  /** This request needs no token. */
  async sealStatus(): Promise<SealStatus> {
    // The endpoint exists only in the root namespace.
    return this.withNamespace(undefined).read('sys/seal-status', sealStatusReply);
  }

  /** This request needs no token. */
  async health(): Promise<ServerHealth> {
    const always = 'standbyok=true&perfstandbyok=true&sealedcode=200&uninitcode=200';
    const health = await this.withNamespace(undefined).read(`sys/health?${always}`, healthReply);
    // The first release of OpenBao is 2.0.
    const isVault = health.enterprise !== undefined || /^[01]\./.test(health.version);
    return { ...health, product: isVault ? 'vault' : 'openbao' };
  }

  /** Name of the program in commands for people. It is `bao` if the server does not answer. */
  async programName(): Promise<ServerProgramName> {
    return this.health().then(
      ({ product }) => PROGRAMS[product],
      () => 'bao' as const,
    );
  }

  /** Capabilities of the client's own token on a path, such as `["read", "update"]` or `["deny"]`. */
  async capabilities(path: string): Promise<string[]> {
    return (await this.capabilitiesOf([path])).get(path) ?? [];
  }

  /** Capabilities of the client's own token on each of some paths. */
  async capabilitiesOf(paths: readonly string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    for (let from = 0; from < paths.length; from += PATHS_AT_ONCE) {
      const some = paths.slice(from, from + PATHS_AT_ONCE);
      const { data } = await this.write('sys/capabilities-self', { paths: some }, fieldsReply);
      for (const path of some) {
        found.set(path, capabilities.parse(data[path]));
      }
    }
    return found;
  }

  /** A client like this one whose requests the signal aborts. */
  endedBy(signal: AbortSignal | undefined): VaultClient {
    return new VaultClient({ ...this.#options, signal });
  }

  /** node-vault's transport. Every returned answer has status 200, because other ones throw. */
  async #send({ method, path, json, headers }: NodeVaultRequest): Promise<{ statusCode: number; body: unknown }> {
    // node-vault writes by POST. Vault treats POST and PUT alike, and our errors say PUT.
    const verb = method === 'POST' ? 'PUT' : method;
    const body = await this.connection.json(verb, path.replace(/^\//, ''), (reply) => reply, {
      headers,
      body: json === undefined || method === 'GET' ? undefined : JSON.stringify(json),
    });
    return { statusCode: 200, body };
  }

  #parse<T>(method: string, path: string, reply: z.ZodType<T>, body: unknown): T {
    const parsed = reply.safeParse(body);
    if (!parsed.success) {
      throw notVault(this.address, method, path);
    }
    return parsed.data;
  }
}

/** A handler for `catch`. Vault answers 404 also to an empty list. @throws the error, unless it is a 404 */
export function undefinedIfMissing(error: unknown): undefined {
  if (!(error instanceof VaultResponseError && error.statusCode === 404)) {
    throw error;
  }
}
