const LINE_FEED = 10;

/** Longest line that is read. An audit entry has some 2 kB; one about a whole policy can have megabytes. */
export const LONGEST_LINE_BYTES = 4 * 2 ** 20;

/** Receives the lines of a stream. */
export interface LineTaker {
  /** @param line without its line feed; valid only during the call */
  readonly line: (line: Buffer) => void;
  /** A line was longer than {@link LONGEST_LINE_BYTES}, and was dropped. */
  readonly tooLong: () => void;
}

/** Splits a stream of bytes into lines, wherever its chunks end. It keeps at most one line. */
export class LineSplitter {
  /** Beginning of a line whose end has not come yet. */
  #begun: Buffer[] = [];
  #begunBytes = 0;

  constructor(
    private readonly taker: LineTaker,
    private readonly longest = LONGEST_LINE_BYTES,
  ) {}

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#finish(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) {
      this.#begunBytes += chunk.length - start;
      if (this.#begunBytes > this.longest) {
        this.#begun = [];
      } else {
        // A copy, because the reader may use the memory of the chunk again.
        this.#begun.push(Buffer.from(chunk.subarray(start)));
      }
    }
  }

  /** Ends the stream. A last line needs no line feed. */
  end(): void {
    if (this.#begunBytes > 0) {
      this.#finish(Buffer.alloc(0));
    }
  }

  #finish(rest: Buffer): void {
    if (this.#begunBytes + rest.length > this.longest) {
      this.taker.tooLong();
    } else {
      this.taker.line(this.#begunBytes === 0 ? rest : Buffer.concat([...this.#begun, rest]));
    }
    this.#begun = [];
    this.#begunBytes = 0;
  }
}
