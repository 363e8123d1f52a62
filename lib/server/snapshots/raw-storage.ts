import { z } from 'zod';
import { ExplainedError, commandLine, VaultResponseError } from '#core';
import type { VaultClient } from '../../vault/vault-client';

/*
 * What a server has stored, read by itself in recovery mode: no engine looks at it, and nothing happens because of it.
 */

const valueReply = z.object({ data: z.object({ value: z.string() }) });
const keysReply = z.object({ data: z.object({ keys: z.array(z.string()) }) });

const mount = z.object({ path: z.string(), type: z.string(), uuid: z.string() });
/** Vault keeps all mounts in one entry, OpenBao each in one of its own. */
const mountTable = z.object({ entries: z.array(mount).nullable() });
const namespaceEntry = z.object({ path: z.string(), uuid: z.string() });

type Mount = z.infer<typeof mount>;

/** What is stored does not look as it should, and nobody's secret is told of it. */
export class DamagedEntry extends ExplainedError {
  override name = 'DamagedEntry';
}

export class RawStorage {
  /** @param client with a recovery token */
  constructor(private readonly client: VaultClient) {}

  /**
   * @returns undefined where there is nothing
   * @throws DamagedEntry where it cannot be decrypted or does not fit the schema
   */
  async read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    let value: string;
    try {
      value = (await this.client.read(`sys/raw/${path}`, valueReply)).data.value;
    } catch (error) {
      if (error instanceof VaultResponseError && error.statusCode === 404) {
        return undefined;
      }
      throw error instanceof VaultResponseError && /decrypt|authentication failed|decompress/.test(error.said)
        ? new DamagedEntry('it cannot be decrypted')
        : error;
    }
    return parse(value, schema);
  }

  /**
   * @param namespace @default - the root namespace
   * @returns path of the mount's storage
   * @throws ExplainedError where nothing of that type is mounted there
   */
  async mountStorage(mountPath: string, type: string, namespace?: string): Promise<string> {
    const root = await this.#namespaceStorage(namespace);
    const found = (await this.#mounts(root)).find(({ path }) => path === `${mountPath}/`);
    if (found?.type !== type) {
      const what = found === undefined ? 'nothing' : `an engine of type "${found.type}"`;
      throw new ExplainedError(
        `the snapshot has ${what} mounted at "${mountPath}"${namespace === undefined ? '' : ` in namespace "${namespace}"`}, and not the engine "${type}"; it is older than the deployment, or of another server`,
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

  /** Each namespace of OpenBao has all of its own, and its parent an entry of it. */
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
          `no namespace "${namespace}" is found in the snapshot; it is older than the deployment, or of another server, or of a Vault with namespaces, in which this can find none: rehearse "${commandLine('restore')}" there`,
        );
      }
      root = `namespaces/${found.uuid}/`;
    }
    return root;
  }

  async #list(path: string): Promise<string[]> {
    try {
      const { keys } = (await this.client.read(`sys/raw/${path}?list=true`, keysReply)).data;
      return keys.filter((key) => !key.endsWith('/'));
    } catch (error) {
      if (error instanceof VaultResponseError && error.statusCode === 404) {
        return [];
      }
      throw error;
    }
  }
}

function parse<T>(value: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch {
    throw new DamagedEntry('it is not JSON');
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    // Names of fields only: what is in them may be a token.
    const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'all of it');
    throw new DamagedEntry(`${[...new Set(fields)].join(', ')} is missing or not what it should be`);
  }
  return parsed.data;
}
