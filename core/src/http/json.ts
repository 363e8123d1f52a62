/*
 * Parses JSON from other servers, field by field. A schema library would delay the start of `webex-token` by more than all its
 * requests take.
 */

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws TypeError if the value is not an object */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!isFields(value)) {
    throw new TypeError('not an object');
  }
  return value;
}

/** Returns the `data` of a reply of Vault. @throws TypeError if there is none */
export function dataOf(reply: unknown): Readonly<Record<string, unknown>> {
  return fieldsOf(fieldsOf(reply).data);
}

/** @throws TypeError if the value is not a text, or is empty */
export function textOf(value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError('not a text');
  }
  return value;
}

/** @throws TypeError if the value is not a number */
export function numberOf(value: unknown): number {
  if (typeof value !== 'number') {
    throw new TypeError('not a number');
  }
  return value;
}

/** @throws TypeError if the value is not a date of RFC 3339 */
export function dateOf(value: unknown): Date {
  const date = new Date(/^\d{4}-\d\d-\d\dT/.test(textOf(value)) ? textOf(value) : Number.NaN);
  if (Number.isNaN(date.getTime())) {
    throw new TypeError('not a date');
  }
  return date;
}

/** Returns the texts of a list, or none if the value is not a list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

/** @returns undefined if the text is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
