import type { Deployment } from '../declaration/schema/deployment';
import { READER_KINDS, type Reader } from './reader';
import { Tally } from './tally';
import type { LineCounts, UsageCount } from './usage-count';

/*
 * The uses of the declared credentials, for presentations. Times are in milliseconds.
 */

/** Uses of one credential by one reader. */
export interface UsageRow {
  /** @default - all credentials that the deployment does not declare */
  readonly credential?: string;
  readonly reader: Reader;
  /** The reader is an operator, or an app that is declared to read this credential. */
  readonly isExpected: boolean;
  readonly tally: Readonly<Tally>;
  /** Address of the last read of a reader that is no app. */
  readonly lastAddress?: string;
}

export interface UsageReport {
  /** Times of the first and the last line of the logs. */
  readonly first: number;
  readonly last: number;
  /** Begin of the period in which reads are counted. @default - all lines count */
  readonly since?: number;
  readonly lines: Readonly<LineCounts>;
  /**
   * In the order of the declaration. The rows of undeclared credentials are last. Each pass makes the rows anew, because there may
   * be a million.
   */
  readonly rows: () => Iterable<UsageRow>;
  /** Reads in the period. */
  readonly reads: number;
  /** Apps that read none of their credentials in the period. */
  readonly idleApps: readonly string[];
  /** Credentials that no app read in the period. */
  readonly unread: readonly string[];
  /** Number of rows with a read in the period that is not expected. */
  readonly unexpected: number;
  /** Reads that Vault refused in the period, and requests that a proxy refused by itself. */
  readonly refusals: number;
}

export interface UsageReportOptions {
  /** In milliseconds. @default - all lines count */
  readonly since?: number;
  /** Name of the one credential to report. @default - all credentials */
  readonly only?: string;
}

export function usageReport(
  { apps, credentials }: Pick<Deployment, 'apps' | 'credentials'>,
  count: UsageCount,
  { since, only }: UsageReportOptions = {},
): UsageReport {
  const names = credentials.map(({ name }) => name).filter((name) => only === undefined || name === only);
  const declared = new Map<string | null, Reader[]>(names.map((name) => [name, []]));
  for (const { vaultName, reads } of apps) {
    const reader = count.readers.app(vaultName);
    new Set(reads).forEach((name) => declared.get(name)?.push(...(reader === undefined ? [] : [reader])));
  }
  const order = new Map(apps.map(({ name }, index) => [name, index]));
  function* rows(): Generator<UsageRow> {
    for (const credential of [...names, ...(only === undefined ? [null] : [])]) {
      const ofCredential = rowsOf(count, credential, declared.get(credential) ?? []);
      yield* ofCredential.sort((a, b) => compare(a.reader, b.reader, order));
    }
  }
  const totals = { reads: 0, refusals: 0, unexpected: 0 };
  const activeApps = new Set<string>();
  const read = new Set<string | undefined>();
  for (const { credential, reader, isExpected, tally } of rows()) {
    const isActive = tally.reads > 0 || tally.requests > 0;
    totals.reads += tally.reads;
    totals.refusals += tally.refused + tally.requestsRefused;
    totals.unexpected += isActive && !isExpected ? 1 : 0;
    if (isActive && reader.kind === 'app') {
      activeApps.add(reader.name);
      read.add(credential);
    }
  }
  return {
    first: count.first,
    last: count.last,
    since,
    lines: count.lines,
    rows,
    ...totals,
    idleApps: apps
      .filter(({ name, reads }) => !activeApps.has(name) && (only === undefined || reads.includes(only)))
      .map(({ name }) => name),
    unread: names.filter((name) => !read.has(name)),
  };
}

/** Rows of the readers that are declared or seen. */
function rowsOf(
  { tallies, addresses }: UsageCount,
  credential: string | null,
  declared: readonly Reader[],
): UsageRow[] {
  const seen = tallies.get(credential) ?? new Map<Reader, Tally>();
  const expected = new Set(declared);
  return [...new Set([...declared, ...seen.keys()])].map((reader) => ({
    credential: credential ?? undefined,
    reader,
    isExpected: reader.kind === 'operator' || expected.has(reader),
    tally: seen.get(reader) ?? new Tally(),
    lastAddress: addresses.get(reader)?.address,
  }));
}

/** @param order place of each app in the declaration */
function compare(a: Reader, b: Reader, order: ReadonlyMap<string, number>): number {
  const kinds = READER_KINDS.indexOf(a.kind) - READER_KINDS.indexOf(b.kind);
  const places = a.kind === 'app' ? (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0) : 0;
  return kinds || places || compareTexts(a.name, b.name) || compareTexts(a.policies.join(), b.policies.join());
}

/** Compares code units, so the order does not depend on the language of the machine. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
