import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { LimitFunction } from 'p-limit';
import { describeError, parseJson } from '#core';
import { z } from 'zod';
import { observationRecord } from '../../declaration/schema/record-paths';
import { DAMAGED, isRecordsMissing, problemOf, RecordChanged, type Records } from '../../vault/records/record-store';
import { isWorthNoting, type Observation } from './observation';

/*
 * Notes of earlier looks. Names share records by their hash. A record for each name would cost a request for each name. One
 * record for all names would exceed the 1 MiB of an entry in Vault.
 */

/**
 * Number of records. If it changes, each name belongs to another record. With 60 tokens for each of 10,000 grants, a record
 * has 0.4 MB.
 */
const PARTS = 64;

/** Attempts of a write. A write fails if another observer has written meanwhile. */
const ATTEMPTS = 3;

/** Life of a secret id, which never changes. */
export interface SecretIdLife {
  readonly createdAt: Date;
  /** null: it never expires. */
  readonly expireTime: Date | null;
}

const date = z
  .number()
  .refine((value) => !Number.isNaN(new Date(value).getTime()))
  .transform((value) => new Date(value));

const token = z
  .tuple([date, date, date])
  .transform(([expireTime, firstSeenAt, lastSeenAt]) => ({ expireTime, firstSeenAt, lastSeenAt }));
const secretId = z.tuple([date, date.nullable()]).transform(([createdAt, expireTime]) => ({ createdAt, expireTime }));

/** Times are in milliseconds. */
const contents = z.object({
  grants: named(z.object({ tokens: z.array(token), failingSince: date.nullable() })),
  /** Secret ids by the path of the role, then by the accessor. */
  secretIds: named(named(secretId)),
});

interface Contents {
  readonly grants: Map<string, Observation>;
  readonly secretIds: Map<string, ReadonlyMap<string, SecretIdLife>>;
}

function named<T extends z.ZodType>(value: T) {
  return z.record(z.string(), value).transform((all) => new Map(Object.entries(all)));
}

/** One text, because OpenBao refuses a request with more than a thousand strings in it. */
const record = z.object({ seen: z.string().transform(parseJson).pipe(contents) });

/** Names with the same hash, and their record. */
interface Part {
  readonly version: number;
  readonly problem?: string;
  readonly before: Contents;
  /** Notes of this look, for the names in it. */
  readonly after: Contents;
  isWorthNoting: boolean;
}

export class Observations {
  private constructor(
    private readonly records: Records,
    private readonly limit: LimitFunction,
    private readonly parts: ReadonlyMap<string, Part>,
    private readonly partNames: ReadonlyMap<string, string>,
  ) {}

  /** @param names names of credentials, and paths of roles */
  static async read(records: Records, limit: LimitFunction, names: readonly string[]): Promise<Observations> {
    const partNames = new Map(names.map((name) => [name, partOf(name)]));
    const read = await limit.map(
      new Set(partNames.values()),
      async (part) => [part, await readPart(records, part)] as const,
    );
    return new Observations(records, limit, new Map(read), partNames);
  }

  /** Note of a grant, or the reason why it cannot be read. */
  grant(name: string): { readonly value?: Observation; readonly problem?: string } {
    const { before, problem, version } = this.#part(name);
    return { value: before.grants.get(name), problem: problemOf({ version, problem }) };
  }

  noteGrant(name: string, after: Observation): void {
    const part = this.#part(name);
    part.after.grants.set(name, after);
    part.isWorthNoting ||= isWorthNoting(part.before.grants.get(name), after);
  }

  /** Noted secret ids of a role, by accessor. */
  secretIds(rolePath: string): ReadonlyMap<string, SecretIdLife> {
    return this.#part(rolePath).before.secretIds.get(rolePath) ?? new Map();
  }

  noteSecretIds(rolePath: string, after: ReadonlyMap<string, SecretIdLife>): void {
    const part = this.#part(rolePath);
    const before = this.secretIds(rolePath);
    part.after.secretIds.set(rolePath, after);
    part.isWorthNoting ||= [...after.keys()].some((accessor) => !before.has(accessor));
  }

  /** Writes the new notes. @returns the reason of a failed write, by name */
  async write(): Promise<(name: string) => string | undefined> {
    // A record in another format stays for the release that wrote it.
    const news = [...this.parts].filter(
      ([, { isWorthNoting, problem }]) => isWorthNoting && (problem === undefined || problem === DAMAGED),
    );
    const problems = new Map(await this.limit.map(news, async ([name, part]) => [name, await this.#write(name, part)]));
    return (name) => problems.get(this.partNames.get(name) ?? '');
  }

  async #write(name: string, part: Part): Promise<string | undefined> {
    let { version, before } = part;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const merged = {
        grants: merge(part.before.grants, before.grants, part.after.grants),
        secretIds: merge(part.before.secretIds, before.secretIds, part.after.secretIds),
      };
      try {
        await this.records.write(observationRecord(name), { seen: textOf(merged) }, version);
        return undefined;
      } catch (error) {
        if (isRecordsMissing(error)) {
          return describeError(error);
        }
        if (!(error instanceof RecordChanged)) {
          throw error;
        }
        const theirs = await readPart(this.records, name);
        if (theirs.problem !== undefined) {
          return theirs.problem;
        }
        ({ version, before } = theirs);
      }
    }
    // The next look notes the same facts.
    return undefined;
  }

  #part(name: string): Part {
    const part = this.parts.get(this.partNames.get(name) ?? '');
    if (part === undefined) {
      throw new TypeError(`the notes of "${name}" were not read`);
    }
    return part;
  }
}

/** Two hexadecimal digits: names with the same ones share a record. */
export function partOf(name: string): string {
  const [first = 0] = createHash('sha256').update(name).digest();
  return (first % PARTS).toString(16).padStart(2, '0');
}

async function readPart(records: Records, part: string): Promise<Part> {
  const nothing = (): Contents => ({ grants: new Map(), secretIds: new Map() });
  const { version, problem, value } = await records.readOrProblem(observationRecord(part), record);
  return { version, problem, before: value?.seen ?? nothing(), after: nothing(), isWorthNoting: false };
}

/** Keeps the notes that another observer wrote since this look began, because they are as new as this look's. */
function merge<T>(read: Map<string, T>, theirs: Map<string, T>, ours: Map<string, T>): Map<string, T> {
  const isUnchanged = (name: string): boolean => isDeepStrictEqual(theirs.get(name), read.get(name));
  return new Map([...theirs, ...[...ours].filter(([name]) => isUnchanged(name))]);
}

function textOf({ grants, secretIds }: Contents): string {
  return JSON.stringify({
    grants: objectOf(grants, ({ tokens, failingSince }) => ({
      tokens: tokens.map(({ expireTime, firstSeenAt, lastSeenAt }) => [+expireTime, +firstSeenAt, +lastSeenAt]),
      failingSince: failingSince && +failingSince,
    })),
    secretIds: objectOf(secretIds, (lives) =>
      objectOf(lives, ({ createdAt, expireTime }) => [+createdAt, expireTime && +expireTime]),
    ),
  });
}

function objectOf<T>(values: ReadonlyMap<string, T>, stored: (value: T) => unknown): object {
  return Object.fromEntries([...values].map(([name, value]) => [name, stored(value)]));
}
