/** A word of a command line, for a shell to read it as it is. */
export function shellWord(text: string): string {
  return isPlainWord(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Whether a shell reads it as it is without quotes. */
export function isPlainWord(text: string): boolean {
  return /^[\w./:@+-]+$/.test(text);
}
