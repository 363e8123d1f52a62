import { linesOf, type Kind, type Line, type Report, type Severity } from '../report';

/*
 * Changes since the last notification.
 */

/** A report, or the failure of a look. A failure is notified too, because it hides every other change. */
export type LookOutcome = { readonly at: Date } & (
  { readonly report: Report } | { readonly failure: { readonly kind: string; readonly message: string } }
);

/** Kind of a line of the report, or the look itself. */
export type Subject = Kind | 'look';

/** A line that the last notification called unhealthy. Healthy lines are not kept. */
export interface ToldLine {
  readonly kind: Subject;
  readonly name: string;
  readonly state: string;
  readonly severity: Severity;
}

export interface Change extends ToldLine {
  /** State in the last notification. @default - it was healthy */
  readonly before?: Pick<ToldLine, 'state' | 'severity'>;
  readonly detail: string;
  readonly next?: string;
}

export interface News {
  /** Changes by severity, the worst first. */
  readonly changes: readonly Change[];
  /** Unhealthy lines after the notification of these changes. */
  readonly after: readonly ToldLine[];
  /** Number of lines that the look could not read. Their last notification stays valid. */
  readonly unseen: number;
}

const ORDER: readonly Severity[] = ['broken', 'attention', 'healthy'];

/** Changes of one look, without side effects. @param told empty at the first run, so every unhealthy line is new */
export function newsSince(told: readonly ToldLine[], outcome: LookOutcome): News {
  const seen = seenOf(outcome);
  const all = 'report' in outcome ? linesOf(outcome.report) : [];
  const unseen = Math.max(0, all.length - (seen.length - 1));
  const before = new Map(told.map((line) => [keyOf(line.kind, line.name), line]));
  const changes = seen.flatMap(({ kind, line }): Change[] => {
    const told = before.get(keyOf(kind, line.name));
    const last = told && { state: told.state, severity: told.severity };
    const { name, state, severity, detail, next } = line;
    const isSame = last === undefined ? severity === 'healthy' : last.state === state && last.severity === severity;
    return isSame ? [] : [{ kind, name, state, severity, detail, next, before: last }];
  });
  const judged = new Set(seen.map(({ kind, line }) => keyOf(kind, line.name)));
  const isPartial = unseen > 0 || all.length === 0;
  return {
    changes: changes.sort((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity)),
    after: [
      // A complete look drops lines that are no longer declared, without a notification.
      ...(isPartial ? told.filter(({ kind, name }) => !judged.has(keyOf(kind, name))) : []),
      ...seen
        .filter(({ line }) => line.severity !== 'healthy')
        .map(({ kind, line: { name, state, severity } }) => ({ kind, name, state, severity })),
    ],
    unseen,
  };
}

/**
 * Lines that say something about their own subject. If the server or the engine is down, the lines behind it only
 * repeat that. A thousand repetitions would hide the cause, so those lines are left out.
 */
function seenOf(outcome: LookOutcome): readonly { readonly kind: Subject; readonly line: Line }[] {
  const look = { kind: 'look', line: lookLine(outcome) } as const;
  if (!('report' in outcome)) {
    return [look];
  }
  const { server, engine } = outcome.report;
  const lines = linesOf(outcome.report);
  const outer: readonly Kind[] = server.severity === 'broken' ? ['server'] : ['server', 'engine'];
  const isBlind = server.severity === 'broken' || engine.severity === 'broken';
  return [look, ...(isBlind ? lines.filter(({ kind }) => outer.includes(kind)) : lines)];
}

function lookLine(outcome: LookOutcome): Line {
  const line = { name: 'itself', notes: [] };
  return 'report' in outcome
    ? { ...line, state: 'possible', severity: 'healthy', detail: 'the look succeeded' }
    : { ...line, state: outcome.failure.kind, severity: 'broken', detail: outcome.failure.message };
}

/** Key of a line. There is one server, so its key does not depend on its address. */
function keyOf(kind: Subject, name: string): string {
  return kind === 'server' ? kind : `${kind} ${name}`;
}
