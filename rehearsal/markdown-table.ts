/** A Markdown table with aligned columns. @param figures headings of the columns that are aligned to the right */
export function markdownTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  figures: readonly string[],
): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isFigure = (column: number): boolean => figures.includes(headings[column] ?? '');
  const lines = all.map((row) =>
    widths.map((width, column) => row[column]?.[isFigure(column) ? 'padStart' : 'padEnd'](width) ?? ''),
  );
  const rule = widths.map((width, column) => '-'.repeat(width - 1) + (isFigure(column) ? ':' : '-'));
  return [lines[0] ?? [], rule, ...lines.slice(1)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
