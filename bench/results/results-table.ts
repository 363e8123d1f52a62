import { markdownTable } from '../../rehearsal/markdown-table';
import { ratioOf, reachesGoal, type Goal, type Row } from './row';

/** A Markdown table without empty columns. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(cellsOf);
  const headings = Object.keys(cells[0] ?? {}).filter((heading) => cells.some((row) => row[heading] !== ''));
  const lines = cells.map((row) => headings.map((heading) => row[heading] ?? ''));
  return markdownTable(headings, lines, ['ours', 'ratio']);
}

function cellsOf(row: Row): Record<string, string> {
  const { section, what, ours, other, unit, goal, note = '' } = row;
  const ratio = ratioOf(row);
  const reached = reachesGoal(row);
  return {
    section,
    what,
    ours: `${figure(ours)} ${unit}`,
    other: other === undefined ? '' : `${other.what}: ${figure(other.value)} ${unit}`,
    ratio: ratio === undefined ? '' : figure(ratio),
    goal: goal === undefined ? '' : goalText(goal, unit),
    reached: reached === undefined ? '' : reached ? 'yes' : 'NO',
    note,
  };
}

function goalText(goal: Goal, unit: Row['unit']): string {
  const bound = 'atMost' in goal ? `<= ${figure(goal.atMost)}` : `>= ${figure(goal.atLeast)}`;
  return goal.of === 'ratio' ? bound : `${bound} ${unit}`;
}

/** Three significant digits, without an exponent. */
export function figure(value: number): string {
  return Math.abs(value) >= 100 || value === 0 || !Number.isFinite(value)
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)));
}
