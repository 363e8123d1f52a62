import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, ExplainedError } from '#core';
import type { SecretReceiver } from './preparation';

export interface RetryingWriterOptions {
  /** Where the secrets go, to be said. */
  readonly folder: string;
  /** Gets a line where a person is needed. */
  readonly report: (line: string) => void;
  /** Ends the waiting, after one try. @default - none */
  readonly signal?: AbortSignal;
  /** How long somebody has to make room. @default 900000 (15 minutes) */
  readonly timeoutMs?: number;
  /** @default 3000 */
  readonly retryMs?: number;
}

/**
 * Keeps what cannot be written in memory, and goes on trying: Vault has told it once, and a disk that is full may have
 * room again in a minute.
 */
export function retryingWriter(
  receiver: SecretReceiver,
  { folder, report, signal, timeoutMs = 900_000, retryMs = 3000 }: RetryingWriterOptions,
): SecretReceiver {
  const keep = async (what: string, verb: 'is' | 'are', write: () => Promise<void>): Promise<void> => {
    const deadline = Date.now() + timeoutMs;
    for (let tries = 0; ; tries++) {
      try {
        await write();
        if (tries > 0) {
          report(`${what} ${verb} written`);
        }
        return;
      } catch (error) {
        const problem = `${what} cannot be written to ${folder} (${errorCode(error)})`;
        if (signal?.aborted || Date.now() > deadline) {
          throw new ExplainedError(problem);
        }
        if (tries === 0) {
          const kept = verb === 'is' ? 'it is kept' : 'they are kept';
          const seconds = Math.ceil(timeoutMs / 1000);
          report(
            `${problem}; ${kept} in memory and tried again for ${seconds} s, so make room there, and do not end this`,
          );
        }
        await delay(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  };
  return {
    keyShares: (shares) => keep('the key shares', 'are', () => receiver.keyShares(shares)),
    operator: (name, login) => keep(`the login of operator "${name}"`, 'is', () => receiver.operator(name, login)),
  };
}
