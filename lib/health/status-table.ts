import { styleText } from 'node:util';
import { oneLine } from '#core';
import { linesOf, MARKS, type CredentialLine, type Kind, type Line, type Report } from './report';
import { describeDay, describeAge } from './relative-time';

/*
 * The report for a terminal: the lines, and below them the next steps.
 */

const STYLES = { healthy: 'green', attention: 'yellow', broken: 'red' } as const;

/** Width of the marks, with the space after them. */
const MARK_WIDTH = 8;

/** Smallest width of a readable column of details. If less is left, the details stand below their line. */
const NARROWEST_DETAIL = 36;

export interface TableOptions {
  /** @default false */
  readonly colors?: boolean;
  /** Width of the terminal. @default - no line is wrapped, as for `grep` */
  readonly columns?: number;
  /** Height of the terminal. Healthy lines are left out if not all lines fit. @default - all lines are shown */
  readonly rows?: number;
}

interface Row {
  readonly isHealthy: boolean;
  readonly lines: readonly string[];
}

/** The table, without a final line feed. */
export function toTable(report: Report, { colors = false, columns, rows }: TableOptions = {}): string {
  const lines = linesOf(report);
  const widths = {
    name: Math.max(...lines.map(({ kind, line }) => nameOf(kind, line).length)),
    state: Math.max(...lines.map(({ line }) => line.state.length)),
  };
  const table = lines.map(({ kind, line }): Row => {
    const details = [detailOf(kind, line, report.lookedAt), ...line.notes.map(oneLine)];
    const mark = MARKS[line.severity].padEnd(MARK_WIDTH);
    const shown = colors ? styleText(STYLES[line.severity], mark, { validateStream: false }) : mark;
    const arranged = arrange(nameOf(kind, line), line.state, details, { ...widths, columns });
    return {
      isHealthy: line.severity === 'healthy' && line.notes.length === 0,
      lines: arranged.map((text, index) => `${index === 0 ? shown : ' '.repeat(MARK_WIDTH)}${text}`.trimEnd()),
    };
  });
  const next = new Set(
    lines.flatMap(({ kind, line }) =>
      line.next === undefined ? [] : [`  ${nameOf(kind, line)}: ${oneLine(line.next)}`],
    ),
  );
  const below = next.size > 0 ? ['', 'Next:', ...next] : [];
  return (
    rows === undefined ? [...table.flatMap((row) => row.lines), ...below] : fit(table, below, rows, columns)
  ).join('\n');
}

interface Widths {
  readonly name: number;
  readonly state: number;
  readonly columns?: number;
}

/** Text beside the mark, and below it. */
function arrange(name: string, state: string, details: readonly string[], widths: Widths): string[] {
  const head = `${name.padEnd(widths.name)}  ${state.padEnd(widths.state)}  `;
  const room = (widths.columns ?? Number.POSITIVE_INFINITY) - MARK_WIDTH;
  if (room - head.length >= NARROWEST_DETAIL) {
    const wrapped = details.flatMap((detail) => wrap(detail, room - head.length));
    return wrapped.map((text, index) => `${index === 0 ? head : ' '.repeat(head.length)}${text}`);
  }
  return [`${name}  ${state}`, ...details.flatMap((detail) => wrap(detail, room - 2)).map((text) => `  ${text}`)];
}

/** Wraps a text at spaces. A longer word, such as an address, stays whole, and the terminal wraps it. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/** Fits the table into the rows. Healthy lines are left out first, from the end on, and other lines only after them. */
function fit(table: readonly Row[], below: readonly string[], rows: number, columns?: number): string[] {
  const heightOf = (line: string): number => Math.max(1, columns ? Math.ceil(line.length / columns) : 1);
  const height = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + heightOf(line), 0);
  const linesWithout = (leftOut: ReadonlySet<Row>): string[] => [
    ...table.flatMap((row) => (leftOut.has(row) ? [] : row.lines)),
    ...(leftOut.size > 0 ? [`${MARKS.healthy.padEnd(MARK_WIDTH)}and ${leftOut.size} more healthy lines`] : []),
    ...below,
  ];
  const leftOut = new Set<Row>();
  let surplus = height(linesWithout(leftOut)) - rows;
  if (surplus > 0) {
    // The line that counts the rows left out needs one more row.
    surplus++;
    for (const row of table.filter((candidate) => candidate.isHealthy).reverse()) {
      if (surplus <= 0) {
        break;
      }
      leftOut.add(row);
      surplus -= height(row.lines);
    }
  }
  const lines = linesWithout(leftOut);
  if (height(lines) <= rows) {
    return lines;
  }
  let room = rows - 1;
  const end = lines.findIndex((line) => (room -= heightOf(line)) < 0);
  return [...lines.slice(0, end), `... and ${lines.length - end} more lines; make the terminal higher to see them`];
}

function nameOf(kind: Kind, line: Line): string {
  return `${kind} ${line.name}`;
}

function detailOf(kind: Kind, line: Line, now: Date): string {
  return oneLine(kind === 'credential' ? credentialDetail(line as CredentialLine, now) : line.detail);
}

function credentialDetail(line: CredentialLine, now: Date): string {
  const { detail, refreshedAt, horizon, consentedBy, consentedAt, verified, tokens } = line;
  // The first token that was seen may be the one of the consent. The page counts refreshes in the same way.
  const issued = tokens.length > 1 ? 'refreshed' : 'token issued';
  const parts = [
    detail,
    refreshedAt && `${issued} ${describeAge(refreshedAt, now)}`,
    horizon && `grant until ${describeDay(horizon.until, now)}`,
    consentedAt && `consent by ${consentedBy ?? 'somebody'} on ${consentedAt.toISOString().slice(0, 10)}`,
    verified && `account ${verified.email} of ${verified.organization}`,
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}
