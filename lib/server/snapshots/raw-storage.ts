import { z } from 'zod';
import { ExplainedError, commandLine, parseJson, VaultResponseError } from '#core';
import { listReply, rawReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';

const mount = z.object({ path: z.string(), type: z.string(), uuid: z.string() });
/** Vault keeps all mounts in one entry, OpenBao each in one of its own. */
const mountTable = z.object({ entries: z.array(mount).nullable() });
const namespaceEntry = z.object({ path: z.string(), uuid: z.string() });

type Mount = z.infer<typeof mount>;

/** A stored entry is damaged. The message contains no secret. */
export class DamagedEntry extends ExplainedError {
  override name = 'DamagedEntry';
}

/** The storage of a server in recovery mode, in which no engine runs. */
export class RawStorage {
  /** @param client with a recovery token */
  constructor(private readonly client: VaultClient) {}

  /** @returns undefined without an entry @throws DamagedEntry if it cannot be decrypted or does not fit the schema */
  async read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const reply = await this.#raw(path, rawReply);
    return reply && parse(reply.data.value, schema);
  }

  /** @param namespace @default - the root namespace @returns path of the mount's storage */
  async mountStorage(mountPath: string, type: string, namespace?: string): Promise<string> {
    const root = await this.#namespaceStorage(namespace);
    const found = (await this.#mounts(root)).find(({ path }) => path === `${mountPath}/`);
    if (found?.type !== type) {
      const what = found === undefined ? 'nothing' : `an engine of type "${found.type}"`;
      throw new ExplainedError(
        `the snapshot has ${what} mounted at "${mountPath}"${namespace === undefined ? '' : ` in namespace "${namespace}"`}, instead of the engine "${type}". It is older than the deployment, or of another server; use another backup`,
      );
    }
    return `${root}logical/${found.uuid}`;
  }

  async #mounts(root: string): Promise<Mount[]> {
    const ids = await this.#list(`${root}core/mounts`);
    if (ids.length === 0) {
      return (await this.read(`${root}core/mounts`, mountTable))?.entries ?? [];
    }
    const entries = await Promise.all(ids.map((id) => this.read(`${root}core/mounts/${id}`, mount)));
    return entries.filter((entry) => entry !== undefined);
  }

  /** Each namespace of OpenBao has its own storage. The parent has an entry for it. */
  async #namespaceStorage(namespace = ''): Promise<string> {
    let root = '';
    let path = '';
    for (const part of namespace.split('/').filter((each) => each !== '')) {
      path = `${path}${part}/`;
      const ids = await this.#list(`${root}core/namespaces`);
      const entries = await Promise.all(ids.map((id) => this.read(`${root}core/namespaces/${id}`, namespaceEntry)));
      const found = entries.find((entry) => entry?.path === path);
      if (found === undefined) {
        throw new ExplainedError(
          `the snapshot has no namespace "${namespace}": it is older than the deployment, or of another server; use another backup. Namespaces of Vault Enterprise cannot be read here; rehearse "${commandLine('restore')}" on a spare server instead`,
        );
      }
      root = `namespaces/${found.uuid}/`;
    }
    return root;
  }

  async #list(path: string): Promise<string[]> {
    const reply = await this.#raw(`${path}?list=true`, listReply);
    return (reply?.data.keys ?? []).filter((key) => !key.endsWith('/'));
  }

  async #raw<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    try {
      return await this.client.read(`sys/raw/${path}`, schema);
    } catch (error) {
      if (error instanceof VaultResponseError && error.statusCode === 404) {
        return undefined;
      }
      throw error instanceof VaultResponseError && /decrypt|authentication failed|decompress/.test(error.said)
        ? new DamagedEntry('it cannot be decrypted')
        : error;
    }
  }
}

function parse<T>(value: string, schema: z.ZodType<T>): T {
  const json = parseJson(value);
  if (json === undefined) {
    throw new DamagedEntry('it is not JSON');
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    // Only names of fields are shown, because a value may be a token.
    const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'all of it');
    throw new DamagedEntry(`${[...new Set(fields)].join(', ')} is missing or malformed`);
  }
  return parsed.data;
}
