import { styleText } from 'node:util';
import { oneLine } from 'webex-token-client/core';
import { linesOf, type CredentialLine, type Kind, type Line, type Report, type Severity } from './report';
import { describeDay, describeDistance } from './passage';

/*
 * The report for a terminal: what is well on one line each, and under it what there is to do.
 */

const MARKS: Readonly<Record<Severity, { readonly mark: string; readonly style: 'green' | 'yellow' | 'red' }>> = {
  healthy: { mark: 'ok', style: 'green' },
  attention: { mark: 'soon', style: 'yellow' },
  broken: { mark: 'BROKEN', style: 'red' },
};

export interface TableOptions {
  /** @default false */
  readonly colours?: boolean;
}

/** Without a line feed at its end. */
export function toTable(report: Report, { colours = false }: TableOptions = {}): string {
  const { lookedAt } = report;
  const rows = linesOf(report).map(({ kind, line }) => ({ kind, line, detail: detailOf(kind, line, lookedAt) }));
  const widths = {
    name: Math.max(...rows.map(({ kind, line }) => `${kind} ${line.name}`.length)),
    state: Math.max(...rows.map(({ line }) => line.state.length)),
  };
  const table = rows.flatMap(({ kind, line, detail }) => {
    const { mark, style } = MARKS[line.severity];
    const padded = mark.padEnd(6);
    const shown = colours ? styleText(style, padded, { validateStream: false }) : padded;
    const head = `${shown}  ${`${kind} ${line.name}`.padEnd(widths.name)}  ${line.state.padEnd(widths.state)}  `;
    const indent = ' '.repeat(8 + widths.name + 2 + widths.state + 2);
    return [`${head}${detail}`.trimEnd(), ...line.notes.map((note) => `${indent}${oneLine(note)}`)];
  });
  const next = rows.flatMap(({ kind, line }) =>
    line.next === undefined ? [] : [`  ${kind} ${line.name}: ${oneLine(line.next)}`],
  );
  return [...table, ...(next.length > 0 ? ['', 'Next:', ...new Set(next)] : [])].join('\n');
}

function detailOf(kind: Kind, line: Line, now: Date): string {
  return oneLine(kind === 'credential' ? credentialDetail(line as CredentialLine, now) : line.detail);
}

function credentialDetail(line: CredentialLine, now: Date): string {
  const { detail, refreshedAt, horizon, consentedBy, consentedAt, verified } = line;
  return [
    detail,
    ...(refreshedAt === undefined ? [] : [`refreshed ${describeDistance(refreshedAt, now)}`]),
    ...(horizon === undefined ? [] : [`grant until ${describeDay(horizon.until, now)}`]),
    ...(consentedAt === undefined
      ? []
      : [`by ${consentedBy ?? 'somebody'} on ${consentedAt.toISOString().slice(0, 10)}`]),
    ...(verified === undefined ? [] : [`is ${verified.email} of ${verified.organisation}`]),
  ].join('; ');
}
