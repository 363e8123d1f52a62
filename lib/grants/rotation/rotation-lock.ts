import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { z } from 'zod';
import { ExplainedError } from '#core';
import { findIntegration } from '../../declaration/derived/by-name';
import type { Deployment } from '../../declaration/schema/deployment';
import { rotationRecord } from '../../declaration/schema/record-paths';
import { DAMAGED, RecordChanged, Records } from '../../vault/records/record-store';
import type { VaultClient } from '../../vault/vault-client';

/** Rotation of an integration's client secret, without a secret. */
export const rotationRecordSchema = z.object({
  /** The rotation that is running or was killed; null if there is none. */
  running: z
    .object({
      id: z.string(),
      /** Person, machine and process, for people. */
      by: z.string(),
      /** Time of its last step. */
      at: z.iso.datetime({ offset: true }),
    })
    .nullable(),
});

type RotationRecord = z.output<typeof rotationRecordSchema>;

/** Longer than any step of a rotation. Each step renews the lock, so a rotation with an older lock was killed. */
const STALE_AFTER_MS = 5 * 60_000;

/** A record in Vault that allows one rotation of an integration at a time. A write replaces only the version that was read. */
export class RotationLock implements AsyncDisposable {
  readonly #by = `${userInfo().username} on ${hostname()}, process ${process.pid}`;
  readonly #id = randomUUID();

  private constructor(
    private readonly records: Records,
    private readonly record: string,
    private readonly integration: string,
    private version: number,
  ) {}

  /**
   * @param report takes a line if the lock of a killed rotation is taken over
   * @throws ExplainedError if another rotation is under way; RecordsUnavailable
   */
  static async take(
    vault: VaultClient,
    deployment: Deployment,
    integration: string,
    report: (line: string) => void,
  ): Promise<RotationLock> {
    const records = new Records(vault, deployment.engine.recordsPath);
    const record = rotationRecord(findIntegration(deployment, integration).vaultName);
    const { value, version, problem } = await records.read(record, rotationRecordSchema);
    if (problem !== undefined && problem !== DAMAGED) {
      throw new ExplainedError(
        `nothing was changed: the record of the rotations of integration "${integration}" ${problem}`,
      );
    }
    if (value?.running) {
      const { by, at } = value.running;
      // A time that is further ahead comes from a wrong clock.
      const waitMs = STALE_AFTER_MS - (Date.now() - Date.parse(at));
      if (waitMs > 0 && waitMs <= 2 * STALE_AFTER_MS) {
        throw new ExplainedError(
          `another rotation of integration "${integration}" is under way (${by}; ${at}), so nothing was changed; wait until it is finished; if it was killed, try again in ${Math.ceil(waitMs / 60_000)} min`,
        );
      }
      report(`taking the lock of a rotation that was killed (${by}; ${at})`);
    }
    const lock = new RotationLock(records, record, integration, version);
    await lock.renew();
    return lock;
  }

  /** Precedes each change, so that two rotations cannot overwrite each other. @throws ExplainedError if it was taken over */
  async renew(): Promise<void> {
    try {
      await this.#write({ id: this.#id, by: this.#by, at: new Date().toISOString() });
    } catch (error) {
      throw error instanceof RecordChanged
        ? new ExplainedError(
            `another rotation of integration "${this.integration}" has begun, so this one stops; wait until the other is finished, then try again`,
          )
        : error;
    }
  }

  /** If this fails, the next rotation takes the lock after some minutes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#write(null).catch(() => undefined);
  }

  async #write(running: RotationRecord['running']): Promise<void> {
    await this.records.write(this.record, { running } satisfies RotationRecord, this.version);
    this.version += 1;
  }
}
