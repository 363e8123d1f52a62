import { setTimeout as delay } from 'node:timers/promises';
import { describeError, ExplainedError, commandLine } from '#core';
import { unknownAudit, UnwritableAuditLog } from './audit-device';
import { revokedAfter, RootTokenAlive } from './root-token';
import { checkKeyOptions, initialize, type KeyOptions } from './new-key';
import { prepareServer, type PreparationOptions, type SecretReceiver } from './preparation';
import { requireActive, unseal } from './unsealing';
import { graceSignal } from '../../vault/grace-signal';
import { type VaultClient } from '../../vault/vault-client';

const POLL_MS = 1000;

export interface InitializationOptions extends PreparationOptions {
  readonly keys: KeyOptions;
  /** Time for people to unseal it, if the shares are encrypted by PGP. */
  readonly unsealTimeoutMs: number;
  /** Folder of the written shares, for the next command. @default - none */
  readonly shareFolder?: string;
}

/** Turns an empty server into one that is unsealed and audited, and has its operators. The root token is always revoked. */
export async function initializeServer(client: VaultClient, options: InitializationOptions): Promise<void> {
  const { keys, receiver, report, signal } = options;
  checkKeyOptions(keys);
  const { initialized, recovery_seal: hasRecoveryKey } = await client.endedBy(signal).sealStatus();
  if (initialized) {
    throw new ExplainedError(
      `${client.address} is initialized already, and nothing was changed; renew its operators with "${commandLine('operators update')}", or delete its data to begin again`,
    );
  }
  const audit = await unknownAudit(client.endedBy(signal), options.deployment, options.auditFile);
  if (audit !== undefined) {
    report(audit);
  }
  const { shares, rootToken } = await initialize(client, keys, hasRecoveryKey, signal);
  const done = { written: false, unsealed: false, administrator: false };
  try {
    await receiver.keyShares(shares);
    done.written = true;
    const kind = hasRecoveryKey ? 'recovery key (this server unseals itself)' : 'unseal key';
    report(`initialized: ${keys.shares} shares of the ${kind}, ${keys.threshold} of them needed`);
    await untilActive(client.endedBy(signal), shares, hasRecoveryKey, options);
    done.unsealed = true;
    const root = client.withToken(rootToken).endedBy(graceSignal(signal));
    const operator: SecretReceiver['operator'] = async (name, login) => {
      await receiver.operator(name, login);
      done.administrator ||= name === 'administrator';
    };
    await revokedAfter(
      root,
      () => prepareServer(root, { ...options, receiver: { ...receiver, operator } }),
      () => report('root token revoked'),
    );
  } catch (error) {
    throw withNextStep(error, done, options);
  }
}

async function untilActive(
  client: VaultClient,
  shares: readonly string[],
  recovery: boolean,
  { keys, report, signal, unsealTimeoutMs }: InitializationOptions,
): Promise<void> {
  if (!recovery) {
    if (keys.pgpKeys === undefined) {
      await unseal(client, shares.slice(0, keys.threshold), { signal });
    } else {
      report(
        `waiting for the owners of the PGP keys to unseal it: each decrypts a share and runs "${commandLine('unseal')}"`,
      );
      await untilUnsealed(client, unsealTimeoutMs, signal);
    }
    report('unsealed');
  }
  await requireActive(client, signal);
}

async function untilUnsealed(client: VaultClient, timeoutMs: number, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while ((await client.sealStatus()).sealed) {
    if (Date.now() > deadline) {
      throw new ExplainedError(`nobody unsealed ${client.address} within ${timeoutMs / 1000} s`);
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

type Done = Readonly<Record<'written' | 'unsealed' | 'administrator', boolean>>;

function withNextStep(error: unknown, done: Done, { shareFolder, signal }: InitializationOptions): Error {
  const isInterrupted = signal?.aborted === true && !(error instanceof RootTokenAlive);
  const problem = isInterrupted ? 'interrupted' : describeError(error);
  if (done.administrator) {
    const audit = error instanceof UnwritableAuditLog ? ['--audit-file', 'PATH'] : [];
    const shares = shareFolder === undefined ? [] : ['--key-shares', shareFolder];
    const next = commandLine('operators update', '--rotate', ...audit, ...shares);
    return new ExplainedError(
      `${problem}. The key shares are written. Unseal the server if it was restarted, then run "${next}"`,
    );
  }
  if (!done.written) {
    return new ExplainedError(
      `${problem}. The server is initialized, but its key shares and root token are lost, and nobody has seen them. It holds nothing yet: delete its data and the shares that were written, then initialize it again`,
    );
  }
  const token = done.unsealed ? '' : ', but its root token is lost, and nobody has seen it';
  return new ExplainedError(
    `${problem}. The server is initialized${token}. It holds nothing yet: delete its data and these key shares, then initialize it again`,
  );
}
