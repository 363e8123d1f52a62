import type { Reader } from './reader';
import type { UsageReport, UsageRow } from './usage-report';

/*
 * The report for people: a line for each reader of each credential, then apps and credentials without a read.
 */

/** Commands that read a credential as an operator, by the first word of the operator's name. */
const COMMANDS: Readonly<Record<string, string>> = {
  observer: 'status, metrics, doctor, recover',
  authorizer: 'authorize, revoke, rotate-secret',
  healer: 'recover',
};

const DAY_MS = 86_400_000;

interface Column {
  readonly title: string;
  readonly cell: (row: UsageRow) => string;
  readonly isNumber?: boolean;
}

const NUMBER = { isNumber: true } as const;

const READS: readonly Column[] = [
  { title: 'CREDENTIAL', cell: ({ credential }) => credential ?? '(not declared)' },
  {
    title: 'READER',
    cell: ({ reader }) => (reader.kind === 'unknown' ? reader.name : `${reader.kind} ${reader.name}`),
  },
  { title: 'READS', cell: ({ tally }) => String(tally.reads), ...NUMBER },
  { title: 'REFUSED', cell: ({ tally }) => String(tally.refused), ...NUMBER },
  { title: 'FAILED', cell: ({ tally }) => String(tally.failed), ...NUMBER },
  { title: 'FIRST READ', cell: ({ tally }) => secondOf(tally.firstRead) },
  { title: 'LAST READ', cell: ({ tally }) => secondOf(tally.lastRead) },
];

/** Columns of a report that has lines of a proxy. */
const REQUESTS: readonly Column[] = [
  { title: 'REQUESTS', cell: ({ tally }) => String(tally.requests), ...NUMBER },
  { title: 'REFUSED', cell: ({ tally }) => String(tally.requestsRefused), ...NUMBER },
  { title: 'FAILED', cell: ({ tally }) => String(tally.requestsFailed), ...NUMBER },
  { title: 'LAST REQUEST', cell: ({ tally }) => secondOf(tally.lastRequest) },
];

/** The first line, as of a monitoring plugin. */
export function usageResult({ unexpected, refusals, reads }: UsageReport): string {
  const found = [
    ...(unexpected > 0 ? [counted(unexpected, 'unexpected reader')] : []),
    ...(refusals > 0 ? [counted(refusals, 'refusal')] : []),
  ];
  return found.length > 0
    ? `WARNING - ${found.join(', ')}; ${counted(reads, 'read')}`
    : `OK - ${counted(reads, 'read')}, all by declared apps and operators`;
}

/** The lines of the table, without line feeds. They are made one by one, because a report may have a million. */
export function* usageTable(report: UsageReport): Generator<string> {
  const { rows, lines } = report;
  yield periodLine(report);
  yield '';
  const columns = lines.proxied > 0 ? [...READS, ...REQUESTS] : READS;
  const widths = columns.map(({ title }) => title.length);
  for (const row of rows()) {
    columns.forEach(({ cell }, index) => (widths[index] = Math.max(widths[index] ?? 0, cell(row).length)));
  }
  const line = (cells: readonly string[], note: string): string =>
    [...cells.map((text, index) => padded(text, widths[index] ?? 0, columns[index])), note].join('  ').trimEnd();
  yield line(
    columns.map(({ title }) => title),
    'NOTE',
  );
  for (const row of rows()) {
    yield line(
      columns.map(({ cell }) => cell(row)),
      noteOf(row),
    );
  }
  yield* listed('Apps without a read:', report.idleApps);
  yield* listed('Credentials that no app read:', report.unread);
}

function* listed(title: string, names: readonly string[]): Generator<string> {
  if (names.length > 0) {
    yield '';
    yield title;
    yield* names.map((name) => `  ${name}`);
  }
}

function periodLine({ first, last, since, lines }: UsageReport): string {
  const days = Math.floor((last - first) / DAY_MS);
  const entries = [
    ...(lines.audit > 0 ? [`${counted(lines.audit, 'line')} of an audit log`] : []),
    ...(lines.proxied > 0 ? [`${counted(lines.proxied, 'line')} of proxies`] : []),
  ];
  const span = days < 2 ? '' : ` (${days} days)`;
  const period = since === undefined ? '' : `; counted since ${timeOf(since)}`;
  return `logs from ${timeOf(first)} to ${timeOf(last)}${span}: ${entries.join(', ')}${period}`;
}

function padded(text: string, width: number, column: Column | undefined): string {
  return column?.isNumber === true ? text.padStart(width) : text.padEnd(width);
}

function noteOf({ reader, isExpected, lastAddress }: UsageRow): string {
  const address = lastAddress === undefined || lastAddress === '' ? [] : [`last from ${lastAddress}`];
  switch (reader.kind) {
    case 'app':
      return isExpected ? '' : 'not declared to read it';
    case 'operator':
      return commandsOf(reader);
    case 'unknown':
      return address.join();
    case 'other':
      return [...(reader.policies.length > 0 ? [`policies ${reader.policies.join(', ')}`] : []), ...address].join('; ');
  }
}

function commandsOf({ name }: Reader): string {
  const [operator = ''] = name.split(' ');
  return Object.hasOwn(COMMANDS, operator) ? `${COMMANDS[operator]}` : '';
}

function secondOf(seconds: number | undefined): string {
  return seconds === undefined ? 'never' : timeOf(seconds * 1000);
}

/** Time in UTC, such as `2026-12-02T03:40:06Z`. Option `--since` takes it. */
function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
