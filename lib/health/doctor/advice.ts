/** What works, and is worth a look all the same. */
export interface Advice {
  /** `note`: as it is meant to be, and still good to know. */
  readonly kind: 'advice' | 'note';
  /** In words, one line. */
  readonly detail: string;
  /** What mends it. @default - the detail says so, or nothing does */
  readonly next?: string;
}

export function advice(detail: string, next?: string): Advice {
  return { kind: 'advice', detail, next };
}

export function note(detail: string): Advice {
  return { kind: 'note', detail };
}
