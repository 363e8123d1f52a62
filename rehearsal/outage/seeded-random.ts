/** The same numbers again for the same seed: mulberry32, of 32 bits of state, which is plenty to choose moments by. */
export class SeededRandom {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** From `from` up to, but without, `to`. */
  between(from: number, to: number): number {
    return from + (to - from) * this.#next();
  }

  /** Another sequence for each name, whatever else draws numbers meanwhile. */
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
