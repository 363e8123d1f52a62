import { createReadStream } from 'node:fs';
import { ExplainedError, NetworkError, VaultUnreachableError, type VaultConnection } from '#core';
import { streamPrivateFile } from '../../files/private-file';
import { verifySnapshot, type SnapshotSummary } from './snapshot-archive';

// node-vault reads every answer as text, so snapshots use the connection itself.
const SAVE_PATH = 'sys/storage/raft/snapshot';
const FORCE_PATH = 'sys/storage/raft/snapshot-force';

/** Writes a snapshot to a file of mode 0600. @throws ExplainedError unless it is whole; Vault's errors; the signal's reason */
export async function saveSnapshot(
  vault: VaultConnection,
  file: string,
  signal?: AbortSignal,
): Promise<SnapshotSummary> {
  const { body } = await vault.send('GET', SAVE_PATH, { signal });
  try {
    return await streamPrivateFile(file, body, (partial) => verifySnapshot(partial, signal));
  } catch (error) {
    if (error instanceof NetworkError) {
      throw new VaultUnreachableError(vault.address, error.code);
    }
    const { code, path, syscall } = error as NodeJS.ErrnoException;
    throw syscall === undefined || path === undefined
      ? error
      : new ExplainedError(`the backup ${file} cannot be written (${code}); choose another path`);
  } finally {
    body.cancel();
  }
}

/**
 * Replaces all data of the server by a snapshot.
 *
 * @param options.force accepts the snapshot of another cluster, whose unseal keys then apply @default false
 * @param options.onWhole called once the whole file was read; a server restores nothing from a part of it
 */
export async function restoreSnapshot(
  vault: VaultConnection,
  file: string,
  { force = false, onWhole = () => undefined }: { readonly force?: boolean; readonly onWhole?: () => void } = {},
): Promise<void> {
  try {
    const { body } = await vault.send('POST', force ? FORCE_PATH : SAVE_PATH, {
      body: () => createReadStream(file).once('end', onWhole),
    });
    body.cancel();
  } catch (error) {
    const { code, path, syscall } = error as NodeJS.ErrnoException;
    throw syscall === undefined || path === undefined
      ? error
      : new ExplainedError(`the snapshot ${path} cannot be read (${code}); check the path`);
  }
}
