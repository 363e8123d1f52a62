import type { Outcome } from './world';

export interface Row {
  readonly scenario: string;
  readonly outcome: Outcome;
  /** How the outcome differs from the expected one. */
  readonly differences: readonly string[];
}

const HEADINGS = ['fault', 'days', 'reads', 'failed', 'why', 'grants', 'lost', 'said after, days', 'what was said'];

/** As Markdown, columns aligned. */
export function table(rows: readonly Row[]): string {
  const cells = [HEADINGS, ...rows.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (isFigure(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => '-'.repeat(width - 1) + (isFigure(column) ? ':' : '-'));
  const [headings = [], ...lines] = cells;
  return [line(headings), line(rule), ...lines.map(line)].join('\n');
}

function cellsOf({ scenario, outcome }: Row): string[] {
  const { days, reads, failed, failures, lost, credentials, states } = outcome;
  const why = Object.entries(failures).map(([failure, count]) => `${failure} ${count}`);
  return [
    scenario,
    String(days),
    reads.toLocaleString('en'),
    failed.toLocaleString('en'),
    why.join(', '),
    String(credentials),
    String(lost),
    saidAfter(outcome),
    states.join(', '),
  ];
}

/** The longest, with the number of the look that told of it, and whether some trouble passed that no look told of. */
function saidAfter({ sayings, unsaid }: Outcome): string {
  const longest = sayings.toSorted((a, b) => b.days - a.days)[0];
  const said = longest === undefined ? '-' : `${longest.days.toFixed(1)} (look ${longest.looks})`;
  return unsaid === 0 ? said : `${said}; ${unsaid} of ${unsaid + sayings.length} not`;
}

function isFigure(column: number): boolean {
  return column > 0 && !['why', 'what was said'].includes(HEADINGS[column] ?? '');
}
