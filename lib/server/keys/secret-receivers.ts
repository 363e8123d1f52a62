import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, ExplainedError } from '#core';
import { createPrivateFolder } from '../../files/private-file';
import { noteCluster } from '../../operators/folder-cluster';
import { writeKeyShares, writeOperatorLogin } from '../../operators/operator-folder';
import type { VaultClient } from '../../vault/vault-client';
import type { SecretReceiver } from './preparation';

export interface RetryingWriterOptions {
  /** Folder of the secrets. */
  readonly folder: string;
  /** Gets a line if a person is needed. */
  readonly report: (line: string) => void;
  /** Ends the retries. @default - none */
  readonly signal?: AbortSignal;
  /** Time for a person to make room. @default 900000 (15 minutes) */
  readonly timeoutMs?: number;
  /** @default 3000 */
  readonly retryMs?: number;
}

/** Writes each secret to a file in the operators' folder. @param client client for the server that issued them */
export function folderReceiver(client: VaultClient, options: RetryingWriterOptions): SecretReceiver {
  const { folder } = options;
  const operator: SecretReceiver['operator'] = async (name, login) => {
    await createPrivateFolder(folder);
    await noteCluster(client, folder);
    await writeOperatorLogin(folder, name, login);
  };
  return retryingWriter({ keyShares: (shares) => writeKeyShares(folder, shares), operator }, options);
}

/** Shows each secret once, and stores none. */
export function shownReceiver(show: (line: string) => void): SecretReceiver {
  const showEach = (lines: readonly string[]): Promise<void> => {
    lines.forEach(show);
    return Promise.resolve();
  };
  return {
    keyShares: (shares) => showEach(shares.map((share, index) => `Key share ${index + 1}: ${share}`)),
    operator: (name, { roleId, secretId }) =>
      showEach([`Role id of ${name}: ${roleId}`, `Secret id of ${name}: ${secretId}`]),
  };
}

/** Retries a failed write, as on a full disk. The secret stays in memory, because Vault returned it once. */
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
          const kept = `${verb === 'is' ? 'it' : 'they'} ${verb} kept in memory`;
          const seconds = Math.ceil(timeoutMs / 1000);
          report(`${problem}; ${kept}, and retried for ${seconds} s: make room there, and do not stop this command`);
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
