import { linesOf, type Kind, type Line, type Report, type Severity } from '../report';

/*
 * What is new since somebody was last told.
 */

/** What one look came to. */
export type LookOutcome = LookTaken | LookFailed;

export interface LookTaken {
  readonly at: Date;
  readonly report: Report;
}

/** A look that failed: that, too, is to be told of, since nobody is told of anything else meanwhile. */
export interface LookFailed {
  readonly at: Date;
  readonly failure: { readonly kind: string; readonly message: string };
}

/** Of a line of the report, or of the look itself. */
export type Subject = Kind | 'look';

/** A line that was told of as not healthy. Of all others, nothing is kept. */
export interface ToldLine {
  readonly kind: Subject;
  readonly name: string;
  readonly state: string;
  readonly severity: Severity;
}

export interface Change {
  readonly kind: Subject;
  readonly name: string;
  /** What was told of it last; undefined where it was healthy. */
  readonly before?: Pick<ToldLine, 'state' | 'severity'>;
  readonly state: string;
  readonly severity: Severity;
  readonly detail: string;
  readonly next?: string;
}

export interface News {
  /** The worst first. */
  readonly changes: readonly Change[];
  /** What has been told once these are. */
  readonly after: readonly ToldLine[];
  /** How many lines nothing could be seen of; what was told of them stands. */
  readonly unseen: number;
}

const ORDER: readonly Severity[] = ['broken', 'attention', 'healthy'];

/** Pure. @param told none at a first run, at which all is new that is not healthy */
export function newsSince(told: readonly ToldLine[], outcome: LookOutcome): News {
  const seen = seenOf(outcome);
  const all = 'report' in outcome ? linesOf(outcome.report) : [];
  const unseen = Math.max(0, all.length - (seen.length - 1));
  const before = new Map(told.map((line) => [keyOf(line.kind, line.name), line]));
  const changes = seen.flatMap(({ kind, line }): Change[] => {
    const last = before.get(keyOf(kind, line.name));
    const { name, state, severity, detail, next } = line;
    const isSame = last === undefined ? severity === 'healthy' : last.state === state && last.severity === severity;
    return isSame ? [] : [{ kind, name, state, severity, detail, next, before: last && pick(last) }];
  });
  const judged = new Set(seen.map(({ kind, line }) => keyOf(kind, line.name)));
  const isPartial = unseen > 0 || all.length === 0;
  return {
    changes: changes.sort((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity)),
    after: [
      // What is not declared any more goes without a word.
      ...(isPartial ? told.filter(({ kind, name }) => !judged.has(keyOf(kind, name))) : []),
      ...seen
        .filter(({ line }) => line.severity !== 'healthy')
        .map(({ kind, line: { name, state, severity } }) => ({ kind, name, state, severity })),
    ],
    unseen,
  };
}

/**
 * The lines that say something of what they are about: those behind a server that is down only say that it is, and a
 * thousand of them would say it a thousand times.
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
    ? { ...line, state: 'possible', severity: 'healthy', detail: 'the look was taken' }
    : { ...line, state: outcome.failure.kind, severity: 'broken', detail: outcome.failure.message };
}

/** There is one server, whatever its address. */
function keyOf(kind: Subject, name: string): string {
  return kind === 'server' ? kind : `${kind} ${name}`;
}

function pick({ state, severity }: ToldLine): Pick<ToldLine, 'state' | 'severity'> {
  return { state, severity };
}
