/*
 * What came as JSON from another server, taken apart field by field. A library of schemas would cost the command
 * `webex-token` more at its start than all its requests.
 */

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws TypeError where the value is no object */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!isFields(value)) {
    throw new TypeError('not an object');
  }
  return value;
}

/** @throws TypeError where the value is no text, or an empty one */
export function textOf(value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError('not a text');
  }
  return value;
}

/** @throws TypeError where the value is no number */
export function numberOf(value: unknown): number {
  if (typeof value !== 'number') {
    throw new TypeError('not a number');
  }
  return value;
}

/** @throws TypeError where the value is no date as RFC 3339 writes it */
export function dateOf(value: unknown): Date {
  const date = new Date(/^\d{4}-\d\d-\d\dT/.test(textOf(value)) ? textOf(value) : Number.NaN);
  if (Number.isNaN(date.getTime())) {
    throw new TypeError('not a date');
  }
  return date;
}

/** The texts of a list; none where it is no list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

/** @returns undefined where the text is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
