import { setTimeout as delay } from 'node:timers/promises';
import { describeError, ExplainedError, commandLine } from '#core';
import { unknownAudit, UnwritableAuditLog } from './audit-device';
import { revokedAfter, RootTokenAlive } from './root-token';
import { checkKeyOptions, type KeyOptions } from './key-options';
import { initialize, initStatus } from './new-key';
import { prepareServer, type PreparationOptions } from './preparation';
import { unseal, waitUntilActive } from './unsealing';
import { graceSignal } from '../../vault/grace-signal';
import { type VaultClient } from '../../vault/vault-client';

/*
 * From an empty server to one that is unsealed, audited, has its operators and no root token.
 */

const ACTIVE_TIMEOUT_MS = 60_000;
const POLL_MS = 1000;

export interface InitializationOptions extends PreparationOptions {
  readonly keys: KeyOptions;
  /** How long people have to unseal, where only they can: their shares are encrypted. */
  readonly unsealTimeoutMs: number;
  /** Folder in which another command finds the shares that were written. @default - none */
  readonly shareFolder?: string;
}

/**
 * Initializes the server and prepares it. The root token is revoked at the end, whatever happened before.
 *
 * @throws ExplainedError; where something is left half done it says how to go on
 */
export async function initializeServer(client: VaultClient, options: InitializationOptions): Promise<void> {
  const { keys, receiver, report, signal } = options;
  checkKeyOptions(keys);
  const status = await initStatus(client.endedBy(signal));
  if (status.initialized) {
    throw new ExplainedError(
      `${client.address} is initialized already, and nothing was changed; renew its operators by "${commandLine('operators update')}", or delete its data to begin again`,
    );
  }
  const audit = await unknownAudit(client.endedBy(signal), options.deployment, options.auditFile);
  if (audit !== undefined) {
    report(audit);
  }
  const { shares, rootToken } = await initialize(client, keys, status.hasRecoveryKey, signal);
  const done = { written: false, unsealed: false, administrator: false };
  try {
    await receiver.keyShares(shares);
    done.written = true;
    const kind = status.hasRecoveryKey ? 'recovery key (this server unseals itself)' : 'unseal key';
    report(`initialized: ${keys.shares} shares of the ${kind}, ${keys.threshold} of them needed`);
    await untilActive(client.endedBy(signal), shares, status.hasRecoveryKey, options);
    done.unsealed = true;
    const root = client.withToken(rootToken).endedBy(graceSignal(signal));
    const preparation: PreparationOptions = {
      ...options,
      receiver: {
        keyShares: (written) => receiver.keyShares(written),
        operator: async (name, login) => {
          await receiver.operator(name, login);
          done.administrator ||= name === 'administrator';
        },
      },
    };
    await revokedAfter(
      root,
      () => prepareServer(root, preparation),
      () => report('root token revoked'),
    );
  } catch (error) {
    throw withNextStep(error, { ...done, shareFolder: options.shareFolder }, signal?.aborted);
  }
}

async function untilActive(
  client: VaultClient,
  shares: readonly string[],
  recovery: boolean,
  { keys, report, signal, unsealTimeoutMs }: InitializationOptions,
): Promise<void> {
  if (!recovery && keys.pgpKeys === undefined) {
    await unseal(client, shares.slice(0, keys.threshold), { signal });
    report('unsealed');
  } else if (!recovery) {
    report(
      `waiting for the owners of the PGP keys to unseal it: each decrypts a share and runs "${commandLine('unseal')}"`,
    );
    await untilUnsealed(client, unsealTimeoutMs, signal);
    report('unsealed');
  }
  if (!(await waitUntilActive(client, { timeoutMs: ACTIVE_TIMEOUT_MS, signal }))) {
    throw new ExplainedError(
      `${client.address} is initialized but does not become active within ${ACTIVE_TIMEOUT_MS / 1000} s; see its log`,
    );
  }
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

function withNextStep(
  error: unknown,
  {
    written,
    unsealed,
    administrator,
    shareFolder,
  }: { written: boolean; unsealed: boolean; administrator: boolean; shareFolder?: string },
  interrupted = false,
): Error {
  const problem = interrupted && !(error instanceof RootTokenAlive) ? 'interrupted' : describeError(error);
  if (administrator) {
    const audit = error instanceof UnwritableAuditLog ? ['--audit-file', 'PATH'] : [];
    const shares = shareFolder === undefined ? [] : ['--key-shares', shareFolder];
    const next = commandLine('operators update', '--rotate', ...audit, ...shares);
    return new ExplainedError(
      `${problem}. The key shares are written; then unseal it if it was restarted, and go on with "${next}"`,
    );
  }
  if (!written) {
    return new ExplainedError(
      `${problem}. The server is initialized, and its key shares and root token are lost, which nobody has seen; it holds nothing yet: delete its data and what was written of the shares, then initialize it again`,
    );
  }
  const token = unsealed ? '' : ', and its root token is lost, which nobody has seen';
  return new ExplainedError(
    `${problem}. The server is initialized${token}, but holds nothing yet: delete its data and these key shares, then initialize it again`,
  );
}
