import type { WriteStream } from 'node:tty';

/** How far a run is: one line that is written over on a terminal, and a line now and then elsewhere. */
export class Progress {
  #written = 0;

  constructor(
    private readonly label: string,
    private readonly stream: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean },
  ) {}

  update(done: number, all: number): void {
    if (this.stream.isTTY) {
      this.stream.write(`\r\u001b[K${this.label}: ${done} of ${all}`);
    } else if (done === all || done * 4 >= all * (this.#written + 1)) {
      this.#written = Math.floor((done * 4) / all);
      this.stream.write(`${this.label}: ${done} of ${all}\n`);
    }
  }

  note(text: string): void {
    this.clear();
    this.stream.write(`${text}\n`);
  }

  clear(): void {
    if (this.stream.isTTY) {
      this.stream.write('\r\u001b[K');
    }
  }
}
