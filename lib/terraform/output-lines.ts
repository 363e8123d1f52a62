/** Outputs as lines that can be pasted: texts unwrapped, and each field of an object on its own line. */
export function outputLines(outputs: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(outputs).flatMap(([name, value]) =>
    isFields(value) ? outputLines(prefixed(name, value)) : [`${name}: ${plain(value)}`],
  );
}

function prefixed(name: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [`${name}.${field}`, value]));
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plain(value: unknown): string {
  return typeof value === 'string' && !value.includes('\n') ? value : JSON.stringify(value);
}
