/** A problem of one field. */
export interface FieldProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Field and problem, such as `apps[0].name must be in lower case`. */
export function describeIssue({ path, message }: FieldProblem): string {
  const where = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${where.replace(/^\./, '') || 'deployment'} ${message}`;
}
