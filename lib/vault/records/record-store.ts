import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError, commandLine, VaultResponseError, VaultUnreachableError } from '#core';
import { z } from 'zod';
import { dataPath, metadataPath } from '../../declaration/schema/record-paths';
import { recordReply } from '../replies';
import type { VaultClient } from '../vault-client';

/*
 * What is known of the grants beside what the engine keeps, in Vault's KV version 2: it outlives every workstation, and
 * no grant depends on it.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */

/** A record as it stands. */
export interface StoredRecord<T> {
  /** Of the mount: a write that names it is refused once somebody else has written. 0: there is none yet. */
  readonly version: number;
  readonly value?: T;
  /** Why there is no value although there is a record, such as "is damaged". */
  readonly problem?: string;
}

/** A record was written by somebody else meanwhile. */
export class RecordChanged extends ExplainedError {
  override name = 'RecordChanged';
}

/** Stack `webex-tokens` has not been deployed since records are kept, or this token may not use them. */
export class RecordsUnavailable extends ExplainedError {
  override name = 'RecordsUnavailable';
}

/** The problem of a record that may be written anew. A record in another format is left to the release that wrote it. */
export const DAMAGED = 'is damaged';

/** Version of the format of every record. */
const KNOWN_VERSION = 1;

const anyRecord = z.looseObject({ version: z.int() });

/** Vault converts a mount that is new, for a moment. */
const CONVERTING = 'Upgrading from non-versioned to versioned';
const CONVERSION_MS = 10_000;
const POLL_MS = 200;

export class Records {
  constructor(
    private readonly vault: VaultClient,
    /** Where they are mounted. */
    readonly path: string,
  ) {}

  /** @throws RecordsUnavailable; VaultResponseError, VaultUnreachableError */
  async read<T extends object>(record: string, schema: z.ZodType<T>): Promise<StoredRecord<T>> {
    const path = dataPath(this.path, record);
    const found = await this.#tolerant(() => this.vault.read(path, recordReply)).catch((error: unknown) => {
      if (error instanceof VaultResponseError && error.statusCode === 404 && error.said === '') {
        return undefined;
      }
      throw error;
    });
    if (found === undefined) {
      return { version: 0 };
    }
    const { data, metadata } = found.data;
    return { version: metadata.version, ...valueOf(data, schema) };
  }

  /**
   * @param value without its `version`, which is put to it
   * @param expected version of the mount that it replaces. @default - any
   * @throws RecordChanged where another one stands there, RecordsUnavailable; VaultResponseError, VaultUnreachableError
   */
  async write(record: string, value: object, expected?: number): Promise<void> {
    const options = expected === undefined ? {} : { options: { cas: expected } };
    const body = { ...options, data: { version: KNOWN_VERSION, ...value } };
    try {
      await this.#tolerant(() => this.vault.write(dataPath(this.path, record), body));
    } catch (error) {
      throw error instanceof VaultResponseError && error.said.includes('check-and-set')
        ? new RecordChanged(`${this.path}/${record} was written by somebody else meanwhile; run it again`)
        : error;
    }
  }

  /** With all its versions. @throws RecordsUnavailable; VaultResponseError, VaultUnreachableError */
  async delete(record: string): Promise<void> {
    await this.#tolerant(() => this.vault.delete(metadataPath(this.path, record)));
  }

  async #tolerant<T>(request: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + CONVERSION_MS;
    for (;;) {
      try {
        return await request();
      } catch (error) {
        if (!(error instanceof VaultResponseError)) {
          throw error;
        }
        if (error.said.includes(CONVERTING) && Date.now() < deadline) {
          await sleep(POLL_MS);
          continue;
        }
        throw isUnavailable(error)
          ? new RecordsUnavailable(
              `there are no records at ${this.path}/, or this Vault token may not use them (${error.statusCode}: ${error.said || 'no message'}); deploy stack webex-tokens, after "${commandLine('operators update')}" on a server of yours`,
            )
          : error;
      }
    }
  }
}

/** To a token without rights there, Vault does not tell what is not mounted from what it may not use. */
function isUnavailable({ statusCode, said }: VaultResponseError): boolean {
  return statusCode === 403 || (statusCode === 404 && said !== '');
}

/** A record without a version is of no release. */
function valueOf<T>(data: unknown, schema: z.ZodType<T>): { value: T } | { problem: string } {
  const known = anyRecord.safeParse(data);
  if (!known.success) {
    return { problem: DAMAGED };
  }
  const { version } = known.data;
  if (version !== KNOWN_VERSION) {
    return {
      problem: `has format ${version}, and this release reads format ${KNOWN_VERSION}; use the release that wrote it`,
    };
  }
  const parsed = schema.safeParse(data);
  return parsed.success ? { value: parsed.data } : { problem: DAMAGED };
}

/** Whether something could not be noted for want of records, or of an answer: nothing else depends on that. */
export function isRecordsMissing(
  error: unknown,
): error is RecordsUnavailable | VaultResponseError | VaultUnreachableError {
  return (
    error instanceof RecordsUnavailable || error instanceof VaultResponseError || error instanceof VaultUnreachableError
  );
}
