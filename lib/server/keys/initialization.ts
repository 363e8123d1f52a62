import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import {
  describeError,
  describeExpiry,
  explainedBy,
  ExplainedError,
  ourCommand,
  UsageError,
  VaultResponseError,
  VaultUnreachableError,
} from '#core';
import { ensureAudit, unknownAudit, UnwritableAuditLog } from './audit-device';
import type { Deployment } from '../../declaration/schema/deployment';
import {
  BACKUP_POLICY_NAME,
  hasSecretId,
  renewOperator,
  writeOperators,
  type OperatorLogin,
  operatorsOf,
  type OperatorName,
} from '../../operators/operators';
import { revokedAfter, RootTokenAlive } from './root-token';
import { writeSnapshotJob } from './snapshot-job';
import { unseal, waitUntilActive } from './unsealing';
import { graceSignal } from '../../vault/grace-signal';
import { type VaultClient } from '../../vault/vault-client';

/*
 * From an empty server to one that is unsealed, audited, has its operators and no root token.
 */

const ACTIVE_TIMEOUT_MS = 60_000;
const POLL_MS = 1000;

export interface KeyOptions {
  /** How many shares the key is split into. */
  readonly shares: number;
  /** How many of them it takes. */
  readonly threshold: number;
  /** PGP public keys, one for each share, in base64. @default - the shares are not encrypted */
  readonly pgpKeys?: readonly string[];
}

/** Takes the secrets that Vault tells once, when it is initialized. What a method has taken survives a power cut. */
export interface SecretReceiver {
  keyShares(shares: readonly string[]): Promise<void>;
  operator(name: OperatorName, login: OperatorLogin): Promise<void>;
}

export interface PreparationOptions {
  readonly deployment: Deployment;
  readonly receiver: SecretReceiver;
  /** Where Vault, on the server, is to write its audit log; OpenBao declares that itself. */
  readonly auditFile: string;
  /** Gets a line on each step. */
  readonly report: (line: string) => void;
  /** @default - none */
  readonly signal?: AbortSignal;
}

export interface InitializationOptions extends PreparationOptions {
  readonly keys: KeyOptions;
  /** How long people have to unseal, where only they can: their shares are encrypted. */
  readonly unsealTimeoutMs: number;
  /** Folder in which another command finds the shares that were written. @default - none */
  readonly shareFolder?: string;
}

const statusReply = z.object({
  initialized: z.boolean(),
  recovery_seal: z.boolean().default(false),
});

const initReply = z.object({
  keys_base64: z.array(z.string()),
  recovery_keys_base64: z.array(z.string()).nullish(),
  root_token: z.string(),
});

/** @throws UsageError where no key can be split like that */
export function checkKeyOptions({ shares, threshold, pgpKeys }: KeyOptions): void {
  if (threshold > shares) {
    throw new UsageError(
      `the threshold must not be above the number of shares, got ${threshold} of ${shares}; no one could ever unseal`,
    );
  }
  if (threshold === 1 && shares > 1) {
    throw new UsageError(
      `a threshold of 1 needs one share only, got ${shares}: each of them would be the whole key; use a threshold of 2 or more`,
    );
  }
  if (shares > 255) {
    throw new UsageError(`a key has at most 255 shares, got ${shares}; use fewer`);
  }
  if (pgpKeys !== undefined && pgpKeys.length !== shares) {
    throw new UsageError(`each share needs its PGP key, got ${pgpKeys.length} for ${shares}; give ${shares}`);
  }
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
      `${client.address} is initialized already, and nothing was changed; see "${ourCommand('init', '--help')}" for --update-policy, or delete its data to begin again`,
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

/**
 * Everything that needs a root token. Operators come first: without them no second root token could be made. The signal
 * ends it between two of its steps, so that each secret id is handed over.
 */
export async function prepareServer(
  root: VaultClient,
  { deployment, receiver, auditFile, report, signal }: PreparationOptions,
  newSecretIds = true,
): Promise<void> {
  signal?.throwIfAborted();
  await writeOperators(root, deployment);
  report('operator roles and their policies written');
  if (await writeSnapshotJob(root, deployment, BACKUP_POLICY_NAME)) {
    report('the snapshot job of the cluster may log in');
  }
  for (const name of operatorsOf(deployment)) {
    signal?.throwIfAborted();
    // An operator of a later release has none yet.
    if (newSecretIds || !(await hasSecretId(root, name))) {
      const ttlSeconds = await renewOperator(root, name, async (login, ttlSeconds) => {
        await receiver.operator(name, login);
        return ttlSeconds;
      });
      report(`secret id of the ${name} issued: ${ttlSeconds === 0 ? 'it never ends' : until(ttlSeconds)}`);
    }
  }
  report(`audit is on: ${(await ensureAudit(root, auditFile)).join(', ')}`);
}

function until(ttlSeconds: number): string {
  const expireTime = new Date(Date.now() + ttlSeconds * 1000);
  return `good until ${describeExpiry(expireTime)}; before then: ${ourCommand('init', '--update-policy', '--new-secret-ids')}`;
}

/** Whether there is a key yet, and whether its shares are those of a recovery key, as with an auto-unseal seal. */
export async function initStatus(client: VaultClient): Promise<{ initialized: boolean; hasRecoveryKey: boolean }> {
  const status = await client.withNamespace(undefined).read('sys/seal-status', statusReply);
  return { initialized: status.initialized, hasRecoveryKey: status.recovery_seal };
}

/**
 * Initializes the server, and does nothing else.
 *
 * @param signal ends the wait for the answer some seconds later, as the key comes with it and with nothing else
 * @returns shares of the unseal key, or of the recovery key
 */
export async function initialize(
  client: VaultClient,
  { shares, threshold, pgpKeys }: KeyOptions,
  recovery: boolean,
  signal?: AbortSignal,
): Promise<{ shares: string[]; rootToken: string }> {
  const prefix = recovery ? 'recovery' : 'secret';
  const request = {
    [`${prefix}_shares`]: shares,
    [`${prefix}_threshold`]: threshold,
    ...(pgpKeys === undefined ? {} : { [recovery ? 'recovery_pgp_keys' : 'pgp_keys']: pgpKeys }),
  };
  try {
    const patient = client.withNamespace(undefined).endedBy(graceSignal(signal));
    const reply = await patient.write('sys/init', request, initReply);
    return {
      shares: recovery ? (reply.recovery_keys_base64 ?? []) : reply.keys_base64,
      rootToken: reply.root_token,
    };
  } catch (error) {
    const unanswered = signal?.aborted ? `interrupted before ${client.address} had answered` : howLost(error);
    if (unanswered !== undefined) {
      throw new ExplainedError(
        `${unanswered}; if it is initialized now, which "init" says, its key is lost and it holds nothing: delete its data, then initialize it again`,
      );
    }
    if (error instanceof VaultResponseError) {
      const advice = error.isTransient
        ? "try again later, and if it stays so, see the server's log"
        : 'correct that first';
      throw explainedBy(
        error,
        `${client.address} could not be initialized (${error.statusCode}: ${error.said || 'no message'}); ${advice}`,
      );
    }
    throw error;
  }
}

/** @returns undefined where it is known that nothing was done */
function howLost(error: unknown): string | undefined {
  if (error instanceof VaultUnreachableError && error.mayHaveArrived) {
    return `the answer of ${error.address} to its initialization was lost (${error.networkCode})`;
  }
  // A load balancer says so, and not the server.
  return error instanceof VaultResponseError && error.mayHaveArrived && error.said === ''
    ? `the server did not answer its initialization in time (${error.statusCode})`
    : undefined;
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
      `waiting for the owners of the PGP keys to unseal it: each decrypts a share and runs "${ourCommand('unseal')}"`,
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
    const shares = shareFolder === undefined ? [] : ['--from', shareFolder];
    const next = ourCommand('init', '--update-policy', '--new-secret-ids', ...audit, ...shares);
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
