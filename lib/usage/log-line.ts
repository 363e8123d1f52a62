/*
 * The beginning or the end of a line tells its kind and time, so most lines need no JSON parser.
 */

/** A line of a log, as far as its frame tells. */
export interface LineFrame {
  /** `request` and `response`: an entry of Vault's audit log. `proxied`: a request line of a proxy. */
  readonly kind: 'request' | 'response' | 'proxied';
  /** In milliseconds. */
  readonly time: number;
}

const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;

/** Longest frame: a time with nanoseconds and an offset, and the names of two fields. */
const FRAME_BYTES = 96;

const TIME = '(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:\\d\\d))';

/** OpenBao, and Vault before 1.17, write time and type first. A proxy writes the time first, and then its credential. */
const BEGINNING = new RegExp(`^{"time":"${TIME}",(?:"type":"(request|response)",|"credential":")`);

/** Vault sorts the fields, so time and type are last. One brace at the end: no object inside the entry ends there. */
const END = new RegExp(`,"time":"${TIME}","type":"(request|response)"}$`);

/** The JSON in a line. An audit device, or a collector of logs, may write a prefix before it. @returns undefined if there is none */
export function jsonOf(line: Buffer): Buffer | undefined {
  const end = trimmedEnd(line);
  const begin = line.indexOf(OPENING_BRACE);
  return begin >= 0 && begin < end && line[end - 1] === CLOSING_BRACE ? line.subarray(begin, end) : undefined;
}

/** @returns undefined if the frame alone does not tell: the line may have its fields in another order, or white space */
export function frameOf(json: Buffer): LineFrame | undefined {
  const beginning = BEGINNING.exec(json.toString('latin1', 0, FRAME_BYTES));
  const found = beginning ?? END.exec(json.toString('latin1', Math.max(0, json.length - FRAME_BYTES)));
  if (found === null) {
    return undefined;
  }
  const time = Date.parse(found[1] ?? '');
  return Number.isNaN(time) ? undefined : { kind: (found[2] as LineFrame['kind'] | undefined) ?? 'proxied', time };
}

/** The value of a line. @returns undefined if it is not JSON */
export function valueOf(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString());
  } catch {
    return undefined;
  }
}

/** End of the line without white space, such as the carriage return of a copy from another system. */
function trimmedEnd(line: Buffer): number {
  let end = line.length;
  while (end > 0 && (line[end - 1] ?? 0) <= 32) {
    end--;
  }
  return end;
}
