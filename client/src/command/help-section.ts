/** A part of a `--help`: each row with its meaning beside it. */
export function helpSection(title: string, rows: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(rows).map((key) => key.length));
  const lines = Object.entries(rows).map(([key, meaning]) => `  ${key.padEnd(width)}  ${meaning}`);
  return `\n${title}:\n${lines.join('\n')}`;
}
