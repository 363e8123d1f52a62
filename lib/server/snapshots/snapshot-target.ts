import { describeError, ExplainedError, commandLine, VaultSealed } from '#core';
import { graceSignal } from '../../vault/grace-signal';
import type { AsAdministrator } from '../../operators/as-administrator';
import type { VaultClient } from '../../vault/vault-client';
import { initialize, type KeyOptions } from '../keys/new-key';
import { RestoreMarker } from './restore-marker';
import { withoutKey, type SentSnapshot } from './restore-outcome';
import { generateToken } from '../keys/root-token';
import { activeSince, requireActive, unseal } from '../keys/unsealing';

export interface SnapshotTarget extends SentSnapshot {
  /** Client with a token that may restore. */
  readonly sender: VaultClient;
  /** Whether it was initialized for the snapshot, with a key that nobody knows. */
  readonly isNew: boolean;
}

export interface SnapshotTargetOptions {
  readonly file: string;
  /** Restores onto a server with other keys, which the keys of the snapshot replace. @default false */
  readonly force?: boolean;
  /** A token that may restore. @default - a root token is generated from the key shares */
  readonly token?: string;
  /** @default - the token restores */
  readonly keyShares?: AsyncIterable<string>;
  /** Asks how the unseal key of the snapshot is split, if it replaces the server's key. */
  readonly snapshotKey: () => Promise<KeyOptions>;
  readonly asAdministrator: AsAdministrator;
  /** Throws if the answer is no. */
  readonly confirm: (question: string) => Promise<void>;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Makes a server ready for a snapshot, after a confirmation. The marker of the result must be revoked. */
export async function snapshotTarget(client: VaultClient, options: SnapshotTargetOptions): Promise<SnapshotTarget> {
  const { file, force, confirm, snapshotKey } = options;
  const { initialized, sealed, recovery_seal: hasRecoveryKey, n: shares, t: threshold } = await client.sealStatus();
  if (!initialized) {
    await confirm(`${client.address} is empty. Restore ${file} onto it?`);
    return emptyTarget(client, hasRecoveryKey ? undefined : await snapshotKey(), options);
  }
  if (sealed) {
    throw new VaultSealed(
      client.address,
      `${client.address} is sealed, and cannot restore a snapshot; run "${commandLine('unseal')}" first`,
    );
  }
  await confirm(`Replace everything that ${client.address} holds with ${file}? All changes since the backup are lost.`);
  const ownKey = hasRecoveryKey ? undefined : { shares, threshold };
  const replaced = force ? ownKey : undefined;
  const key = replaced ? await snapshotKey() : ownKey;
  const activeBefore = await activeSince(client);
  return { ...(await authorized(client, options)), activeBefore, foreign: force === true, key, replaced, isNew: false };
}

/**
 * Initializes an empty server with a key that never leaves this process, and that the snapshot's key replaces. Both are split
 * alike, because a server that is asked for its status during a restore still counts the shares of the earlier key.
 *
 * @param key split of the snapshot's key; undefined if a seal opens the server
 * @see https://github.com/hashicorp/vault/issues/24975
 */
async function emptyTarget(
  client: VaultClient,
  key: KeyOptions | undefined,
  { report, signal }: SnapshotTargetOptions,
): Promise<SnapshotTarget> {
  const { rootToken, shares } = await initialize(client, key ?? { shares: 1, threshold: 1 }, key === undefined, signal);
  try {
    const ready = await readyWithNewKey(client, rootToken, key && shares, signal);
    report('initialized with a temporary key');
    return { ...ready, foreign: true, key, marker: RestoreMarker.young(ready.sender), isNew: true };
  } catch (error) {
    const problem = signal?.aborted ? 'interrupted' : describeError(error);
    throw new ExplainedError(`${problem}; nothing was restored: ${withoutKey(client.address)}`);
  }
}

/** Waits until a server leads that was initialized for a snapshot. @param shares undefined if a seal opens it */
export async function readyWithNewKey(
  client: VaultClient,
  rootToken: string,
  shares: readonly string[] | undefined,
  signal?: AbortSignal,
): Promise<Pick<SnapshotTarget, 'activeBefore' | 'sender'>> {
  if (shares !== undefined) {
    await unseal(client, shares, { signal });
  }
  await requireActive(client, signal);
  return { activeBefore: await activeSince(client), sender: client.withToken(rootToken) };
}

/** The token that restores, and the marker that shows the restore. */
async function authorized(
  client: VaultClient,
  { force, token, keyShares, asAdministrator, signal }: SnapshotTargetOptions,
): Promise<Pick<SnapshotTarget, 'sender' | 'marker'>> {
  if (keyShares !== undefined && !force) {
    const made = await asAdministrator(client.address, (administrator) =>
      generateToken(client.withToken(administrator).endedBy(graceSignal(signal)), 'root token', keyShares),
    );
    const sender = client.withToken(made);
    return { sender, marker: RestoreMarker.young(sender) };
  }
  if (token === undefined) {
    throw new ExplainedError(
      force
        ? 'with --force, the key shares belong to the snapshot, so this server needs a token. Set VAULT_TOKEN to one that may restore, or delete its data and restore onto the empty server'
        : 'there is nothing to restore with; give the key shares by --key-shares FOLDER, by --share-file FILE or on a terminal, or set VAULT_TOKEN',
    );
  }
  const sender = client.withToken(token);
  return { sender, marker: await RestoreMarker.of(sender.endedBy(graceSignal(signal))) };
}
