import {
  type CredentialReading,
  describeError,
  ExplainedError,
  readCredential,
  type VaultConnectionOptions,
  VaultResponseError,
  VaultUnreachableError,
} from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { readGraceSignal } from '../../vault/grace-signal';
import { VaultClient } from '../../vault/vault-client';
import { leaderConnection, type LeaderOptions } from '../leader-connection';
import { restoreSnapshot } from './raft-snapshot';
import { restoreOutcome, unfinishedRestore, type RestoreOutcome, type UnfinishedRestore } from './restore-outcome';
import { untilRestored, type UnsealingOptions } from './restored-server';
import { withRootToken } from '../keys/root-token';
import { verifySnapshot } from './snapshot-archive';
import { snapshotTarget, type SnapshotTarget, type SnapshotTargetOptions } from './snapshot-target';

export interface RestorationOptions extends SnapshotTargetOptions, UnsealingOptions, LeaderOptions {
  /** Credential that is read afterwards, as a proof that the grants are there. @default - none is read */
  readonly credential?: { readonly engine: Deployment['engine']; readonly name: string };
  /** Key shares of the snapshot's server. @default - others unseal it, and the token restores */
  readonly keyShares?: AsyncIterable<string>;
  readonly report: (line: string) => void;
}

/** Restores a snapshot onto its server or an empty one, and waits until it is active. @returns reading of the credential */
export async function restoreServer(
  connection: VaultConnectionOptions,
  options: RestorationOptions,
): Promise<CredentialReading | undefined> {
  const { file, report, credential, signal } = options;
  const { leading, client, target } = await prepare(connection, options).catch((error: unknown) => {
    const isExplained = error instanceof ExplainedError && !(error instanceof VaultUnreachableError);
    throw signal?.aborted && !isExplained
      ? new ExplainedError(`interrupted before ${file} was sent, so nothing was restored; run it again`)
      : error;
  });
  const unfinished = (error: unknown, isWhole: boolean): UnfinishedRestore => ({
    problem: signal?.aborted ? 'interrupted' : describeError(error),
    address: client.address,
    file,
    isWhole,
    isNew: target.isNew,
    isShown: target.marker?.isYounger === true,
  });
  try {
    await restoreOnto(client, target, options, unfinished);
  } finally {
    await target.marker?.revoke();
  }
  report('unsealed and active');
  if (credential === undefined) {
    return undefined;
  }
  try {
    // Nodes that were sealed elect a leader again, and a new standby node does not forward requests yet.
    const proving = await leaderConnection(leading, options);
    return await prove(new VaultClient({ ...proving, token: undefined, signal }), credential, options);
  } catch (error) {
    throw signal?.aborted ? unfinishedRestore('restored', unfinished(error, true)) : error;
  }
}

async function prepare(connection: VaultConnectionOptions, options: RestorationOptions) {
  const { file, report, credential, signal } = options;
  const { sha256 } = await verifySnapshot(file, signal);
  report(`${file} is whole, sha256 ${sha256}`);
  if (credential !== undefined && options.token === undefined && options.keyShares === undefined) {
    throw new ExplainedError(
      'there is nothing to read the credential with after the restore; give the key shares by --key-shares FOLDER, by --share-file FILE or on a terminal, or set VAULT_TOKEN',
    );
  }
  // Only the leader restores, and knows when the restore is done.
  const leading = await leaderConnection(connection, options);
  const client = new VaultClient({ ...leading, token: undefined, signal });
  return { leading, client, target: await snapshotTarget(client, options) };
}

/** @throws ExplainedError that says whether the data is back */
async function restoreOnto(
  client: VaultClient,
  target: SnapshotTarget,
  options: RestorationOptions,
  unfinished: (error: unknown, isWhole: boolean) => UnfinishedRestore,
): Promise<void> {
  const { file, report } = options;
  // An interruption ends our requests. The server continues the restore.
  const look = (): Promise<RestoreOutcome> => restoreOutcome(client.endedBy(undefined), target);
  const sent = { isWhole: false };
  try {
    await restoreSnapshot(target.sender.connection, file, {
      force: target.foreign,
      onWhole: () => (sent.isWhole = true),
    });
  } catch (error) {
    if (error instanceof VaultResponseError && !error.mayHaveArrived) {
      throw target.isNew ? unfinishedRestore('unchanged', unfinished(error, false)) : refused(error, file);
    }
    throw unfinishedRestore(sent.isWhole ? await look() : 'unchanged', unfinished(error, sent.isWhole));
  }
  report('sent, and being restored');
  const outcome = await untilRestored(client, target, options).catch(async (error: unknown) => {
    throw unfinishedRestore(await look(), unfinished(error, true));
  });
  if (outcome !== 'restored') {
    throw unfinishedRestore(outcome, unfinished('the restored server was not active in time', true));
  }
}

/** The refusal of a snapshot, explained for that of another server. */
function refused(error: VaultResponseError, file: string): Error {
  return error.said.includes('snapshot-force')
    ? new ExplainedError(
        `${file} is from a server with other keys, so nothing was changed; use --force if you have those keys, which this server then needs`,
      )
    : error;
}

/** The read may refresh the token. Aborting it at once could lose the grant. */
async function prove(
  restored: VaultClient,
  { engine, name }: Required<RestorationOptions>['credential'],
  { token, keyShares, asAdministrator, signal }: RestorationOptions,
): Promise<CredentialReading> {
  const client = restored.endedBy(readGraceSignal(signal, engine));
  const { mountPath } = engine;
  if (keyShares === undefined) {
    return readCredential(client.withToken(token ?? '').connection, mountPath, name);
  }
  return asAdministrator(client.address, (administrator) =>
    withRootToken(client.withToken(administrator), keyShares, (root) =>
      readCredential(root.connection, mountPath, name),
    ),
  );
}
