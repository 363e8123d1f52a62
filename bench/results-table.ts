import { ratioOf, reachesGoal, type Goal, type Row } from './row';

const HEADINGS = ['section', 'what', 'ours', 'other', 'ratio', 'goal', 'reached', 'note'];
/** To the right, so that they can be compared. */
const FIGURES = ['ours', 'ratio'];

/** As Markdown, columns aligned; without those in which nothing stands. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(cellsOf);
  const columns = HEADINGS.filter((heading) => cells.some((row) => row[heading] !== ''));
  const lines = [Object.fromEntries(columns.map((column) => [column, column])), ...cells];
  const widths = new Map(columns.map((column) => [column, Math.max(...lines.map((row) => row[column]?.length ?? 0))]));
  const inColumns = (row: Readonly<Record<string, string>>): string =>
    `| ${columns.map((column) => aligned(row[column] ?? '', column, widths.get(column) ?? 0)).join(' | ')} |`;
  const rule = columns.map((column) => {
    const dashes = '-'.repeat((widths.get(column) ?? 0) - 1);
    return dashes + (FIGURES.includes(column) ? ':' : '-');
  });
  const [headings = {}, ...others] = lines;
  return [inColumns(headings), `| ${rule.join(' | ')} |`, ...others.map(inColumns)].join('\n');
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

/** Three digits that count, and never an exponent. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || value === 0 || !Number.isFinite(value)) {
    return Math.round(value).toLocaleString('en');
  }
  return String(Number(value.toPrecision(3)));
}

function aligned(cell: string, column: string, width: number): string {
  return FIGURES.includes(column) ? cell.padStart(width) : cell.padEnd(width);
}
