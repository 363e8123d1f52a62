export type Values = Readonly<Record<string, unknown>>;

/**
 * Merges the values of the stack with the values of a deployment. Objects are merged field by field, and lists are joined. The
 * deployment's value replaces any other value.
 */
export function mergedValues(ours: Values, added: Values): Values {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(added)])];
  return Object.fromEntries(names.map((name) => [name, merged(ours[name], added[name])]));
}

function merged(ours: unknown, added: unknown): unknown {
  if (added === undefined) {
    return ours;
  }
  if (Array.isArray(ours) && Array.isArray(added)) {
    return [...(ours as unknown[]), ...(added as unknown[])];
  }
  return isObject(ours) && isObject(added) ? mergedValues(ours, added) : added;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
