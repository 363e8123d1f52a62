import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, VaultResponseError } from '#core';
import { credentialReply } from '../../lib/vault/replies';
import type { VaultClient } from '../../lib/vault/vault-client';
import type { WebexEngine } from '../webex-engine';

/**
 * Why an app has no valid token.
 * - `expired`: the token has expired
 * - `refused`: Webex refused to renew it
 * - `gone`: it is no longer in the engine
 * - `server`: the server is unreachable or sealed
 * - `dead`: Webex no longer accepts it
 */
export type Failure = 'expired' | 'refused' | 'gone' | 'server' | 'dead';

/** An app that reads one credential repeatedly, from the first server that answers. */
export class Reader {
  reads = 0;
  readonly failures = new Map<Failure, number>();
  /** The first message of each kind. */
  readonly examples = new Map<Failure, string>();
  readonly #loop: Promise<void>;
  readonly #stop = new AbortController();

  constructor(
    private readonly engine: WebexEngine,
    private readonly servers: readonly VaultClient[],
    private readonly credential: string,
    private readonly pauseMs: number,
  ) {
    this.#loop = this.#readOn();
  }

  /** Stops after the current read. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #readOn(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const failure = await this.#readOnce();
      this.reads += 1;
      if (failure !== undefined) {
        this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
      }
      await sleep(this.pauseMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #readOnce(): Promise<Failure | undefined> {
    let failure: Failure = 'server';
    for (const server of this.servers) {
      try {
        const { data } = await server.read(`${this.engine.mountPath}/creds/${this.credential}`, credentialReply);
        // A request could fail by Webex's fault.
        if (this.engine.webex.grants.findToken('access', data.access_token) !== undefined) {
          return undefined;
        }
        this.examples.set('dead', 'Webex does not accept the token that was read');
        return 'dead';
      } catch (error) {
        failure = failureOf(error);
        if (!this.examples.has(failure)) {
          this.examples.set(failure, describeError(error));
        }
        if (failure !== 'server') {
          return failure;
        }
      }
    }
    return failure;
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof VaultResponseError) || ![400, 404].includes(error.statusCode)) {
    return 'server';
  }
  return error.statusCode === 404 ? 'gone' : error.message.includes('token expired') ? 'expired' : 'refused';
}
