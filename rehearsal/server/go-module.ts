import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILES = ['go.mod', 'go.sum'];

/** A Go module without code, which pins the sources of programs and their dependencies by hash. */
export class GoModule {
  constructor(readonly folder: string) {}

  /** Short hash of the pins. */
  async pins(): Promise<string> {
    const hash = createHash('sha256');
    for (const file of FILES) {
      hash.update(await readFile(join(this.folder, file)));
    }
    return hash.digest('hex').slice(0, 12);
  }

  /** The lowest Go version, like "1.26". */
  async lowestGo(): Promise<string> {
    const goMod = await readFile(join(this.folder, 'go.mod'), 'utf8');
    const version = /^go (\d+\.\d+)/m.exec(goMod)?.[1];
    if (version === undefined) {
      throw new Error(`${this.folder}/go.mod has no "go" line; run "go mod tidy" there`);
    }
    return version;
  }

  /** Copies the module, because a build must not write into the project. */
  async copyTo(folder: string): Promise<void> {
    await mkdir(folder);
    for (const file of FILES) {
      await copyFile(join(this.folder, file), join(folder, file));
    }
  }
}
