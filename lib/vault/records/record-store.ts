import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError, commandLine, describeError, VaultResponseError, VaultUnreachableError } from '#core';
import { z } from 'zod';
import { dataPath, metadataPath } from '../../declaration/schema/record-paths';
import { recordReply } from '../replies';
import type { VaultClient } from '../vault-client';

/*
 * Records about grants that the engine does not keep. They are in Vault's KV version 2, so every machine sees them. No
 * grant depends on them.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */

export interface StoredRecord<T> {
  /** Version in KV, for check-and-set. 0 means that there is no record. */
  readonly version: number;
  readonly value?: T;
  /** Why a record has no value, such as "is damaged". */
  readonly problem?: string;
}

/** The problem of a record, as a main clause. */
export function problemOf({ version, problem }: StoredRecord<unknown>): string | undefined {
  return problem === undefined || version === 0 ? problem : `the record ${problem}`;
}

/** Another process has written the record in the meantime. */
export class RecordChanged extends ExplainedError {
  override name = 'RecordChanged';
}

/** The records are not deployed, or this token may not use them. */
export class RecordsUnavailable extends ExplainedError {
  override name = 'RecordsUnavailable';
}

/** The problem of a record that may be replaced. A record in another format stays for the release that wrote it. */
export const DAMAGED = 'is damaged';

/** Version of the format of every record. */
const KNOWN_VERSION = 1;

const anyRecord = z.looseObject({ version: z.int() });

/** Vault's answer while it converts a new mount, for a moment. */
const CONVERTING = 'Upgrading from non-versioned to versioned';
const CONVERSION_MS = 10_000;
const POLL_MS = 200;

export class Records {
  constructor(
    private readonly vault: VaultClient,
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

  /** Reads a record. If records or their server are missing, the result has the reason as its problem. */
  async readOrProblem<T extends object>(record: string, schema: z.ZodType<T>): Promise<StoredRecord<T>> {
    try {
      return await this.read(record, schema);
    } catch (error) {
      if (!isRecordsMissing(error)) {
        throw error;
      }
      return { version: 0, problem: describeError(error) };
    }
  }

  /**
   * @param value without its `version`
   * @param expected version that it replaces. @default - any
   * @throws RecordChanged if it has another version; RecordsUnavailable; VaultResponseError, VaultUnreachableError
   */
  async write(record: string, value: object, expected?: number): Promise<void> {
    const options = expected === undefined ? {} : { options: { cas: expected } };
    const body = { ...options, data: { version: KNOWN_VERSION, ...value } };
    try {
      await this.#tolerant(() => this.vault.write(dataPath(this.path, record), body));
    } catch (error) {
      throw error instanceof VaultResponseError && error.said.includes('check-and-set')
        ? new RecordChanged(`another process has written ${this.path}/${record} in the meantime; run the command again`)
        : error;
    }
  }

  /** Deletes all its versions. @throws RecordsUnavailable; VaultResponseError, VaultUnreachableError */
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
              `there are no records at ${this.path}/, or this Vault token may not use them (${error.statusCode}: ${error.said || 'no message'}). If this is your server, run "${commandLine('operators update')}"; then deploy stack webex-tokens`,
            )
          : error;
      }
    }
  }
}

/** A token without rights gets the same answer for a missing mount as for a forbidden one. */
function isUnavailable({ statusCode, said }: VaultResponseError): boolean {
  return statusCode === 403 || (statusCode === 404 && said !== '');
}

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

/** Whether records or their server are missing. Only the records depend on that. */
export function isRecordsMissing(
  error: unknown,
): error is RecordsUnavailable | VaultResponseError | VaultUnreachableError {
  return (
    error instanceof RecordsUnavailable || error instanceof VaultResponseError || error instanceof VaultUnreachableError
  );
}
