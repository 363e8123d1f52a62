import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import type { LoadRequest, LoadResult } from './open-loop';

/** A program of this folder in a process of its own. */
export class BenchProcess implements AsyncDisposable {
  /** First message of the program. */
  first: unknown;
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  private constructor(name: string) {
    this.#child = fork(join(__dirname, `${name}.ts`));
    this.#ended = new Promise((_, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', () => reject(new ExplainedError(`${name} ended; run it alone to see why`)));
    });
    this.#ended.catch(() => undefined);
  }

  static async start(name: 'load-program' | 'upstream-program'): Promise<BenchProcess> {
    const started = new BenchProcess(name);
    started.first = await started.#answer();
    return started;
  }

  /** @throws ExplainedError if a request fails */
  async load(request: LoadRequest): Promise<LoadResult> {
    this.#child.send(request);
    const { result, failure } = (await this.#answer()) as { result?: LoadResult; failure?: string };
    if (result === undefined) {
      throw new ExplainedError(failure ?? 'the load ended without a result');
    }
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
  }

  async #answer(): Promise<unknown> {
    return Promise.race([this.#ended, new Promise((resolve) => this.#child.once('message', resolve))]);
  }
}
