/** A span of time by a clock that may be set back: a moment before its beginning is not in it. */
export class Period {
  readonly #begin: number;
  readonly #end: number;

  constructor(begin: number, end: number) {
    this.#begin = begin;
    this.#end = end;
  }

  includes(now: number): boolean {
    return this.#begin <= now && now < this.#end;
  }
}
