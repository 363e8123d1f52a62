/** Repeatable random numbers (mulberry32). */
export class SeededRandom {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** From `from`, below `to`. */
  between(from: number, to: number): number {
    return from + (to - from) * this.#next();
  }

  /** A sequence for each name, independent of other draws. */
  for(name: string): SeededRandom {
    let hash = this.seed;
    for (let index = 0; index < name.length; index += 1) {
      hash = (Math.imul(hash, 31) + name.charCodeAt(index)) >>> 0;
    }
    return new SeededRandom(hash);
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
