import { markdownTable } from '../markdown-table';
import type { Outcome } from './world';

export interface Row {
  readonly scenario: string;
  readonly outcome: Outcome;
  /** Differences from the expected outcome. */
  readonly differences: readonly string[];
}

const HEADINGS = ['fault', 'days', 'reads', 'failed', 'why', 'grants', 'lost', 'said after, days', 'what was said'];
const TEXTS = ['fault', 'why', 'what was said'];

export function table(rows: readonly Row[]): string {
  const figures = HEADINGS.filter((heading) => !TEXTS.includes(heading));
  return markdownTable(HEADINGS, rows.map(cellsOf), figures);
}

function cellsOf({ scenario, outcome }: Row): string[] {
  const { days, reads, failed, failures, lost, credentials, states } = outcome;
  const why = Object.entries(failures).map(([failure, count]) => `${failure} ${count}`);
  const numbers = [String(credentials), String(lost), saidAfter(outcome)];
  const counts = [String(days), reads.toLocaleString('en'), failed.toLocaleString('en')];
  return [scenario, ...counts, why.join(', '), ...numbers, states.join(', ')];
}

/** The longest time until a look reported a trouble, the number of that look, and the troubles that no look reported. */
function saidAfter({ sayings, unsaid }: Outcome): string {
  const longest = sayings.toSorted((a, b) => b.days - a.days)[0];
  const said = longest === undefined ? '-' : `${longest.days.toFixed(1)} (look ${longest.looks})`;
  return unsaid === 0 ? said : `${said}; ${unsaid} of ${unsaid + sayings.length} not`;
}
