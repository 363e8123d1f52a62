import {
  ourCommand,
  type CredentialReading,
  ExplainedError,
  readCredential,
  type VaultConnectionOptions,
  VaultResponseError,
  VaultSealed,
} from 'webex-token-client/core';
import { initialise, initStatus, type KeyOptions } from './initialisation';
import { leaderConnection, type DeclaredServer } from './leader-connection';
import { restoreSnapshot } from './raft-snapshot';
import { untilRestored, type SentSnapshot, type UnsealingOptions } from './restored-server';
import { generateRootToken, revokeSelf, withRootToken } from './root-token';
import { verifySnapshot } from './snapshot-archive';
import { activeSince, unseal, waitUntilActive } from './unsealing';
import type { Deployment } from '../declaration/deployment';
import { graceSignal, readGraceSignal } from '../vault/grace-signal';
import { VaultClient } from '../vault/vault-client';

/*
 * From a snapshot back to a server that gives out tokens.
 */

const ACTIVE_TIMEOUT_MS = 60_000;

export interface RestorationOptions extends UnsealingOptions {
  readonly file: string;
  /** As it is declared, for its leader to be reached. @default - none is */
  readonly server?: DeclaredServer;
  /** Onto a server with other keys, whose place the keys of the snapshot take. @default false */
  readonly force?: boolean;
  /** Read afterwards, to prove that the grants are there. @default - none is read */
  readonly credential?: { readonly engine: Deployment['engine']; readonly name: string };
  /** May restore, and read the credential. @default - a root token is made of the key shares */
  readonly token?: string;
  /** How the unseal key of the snapshot is split; called where it takes the place of the server's own. */
  readonly snapshotKey: () => Promise<KeyOptions>;
  /** Works at a node with a token of the operator role "administrator", which can start a root token, and ends it. */
  readonly asAdministrator: <T>(address: string, work: (token: string) => Promise<T>) => Promise<T>;
  /** Throws where the answer is no. */
  readonly confirm: (question: string) => Promise<void>;
}

/**
 * Restores a snapshot, onto the server that it came from or onto an empty one, and waits until it is active.
 *
 * @returns what the credential reads as, where one was asked for
 * @throws ExplainedError
 */
export async function restoreServer(
  connection: VaultConnectionOptions,
  options: RestorationOptions,
): Promise<CredentialReading | undefined> {
  const { file, report, credential, signal } = options;
  const { sha256 } = await verifySnapshot(file, signal);
  report(`${file} is whole, sha256 ${sha256}`);
  const given = new VaultClient({ ...connection, token: undefined, signal });
  if (credential !== undefined && options.token === undefined && options.keyShares === undefined) {
    throw new ExplainedError(
      'there is nothing to read the credential with afterwards; give the key shares by --from FOLDER, by --share-file FILE or on a terminal, or set VAULT_TOKEN',
    );
  }
  // Only the leader restores, and only it knows when it is done.
  const leading = await leaderConnection(connection, given, options.server, report);
  // Ends a snapshot that is being sent: of a part the server restores nothing, and with all of it it goes on by itself.
  const client = new VaultClient({ ...leading, token: undefined, signal });
  const sent = await send(client, options);
  report('sent, and being restored');
  await untilRestored(client, sent, options);
  report('unsealed and active');
  if (credential === undefined) {
    return undefined;
  }
  // Nodes that were sealed meanwhile elect anew, and one that follows since a moment ago hands nothing on yet.
  const proving = await leaderConnection(leading, client, options.server, report);
  return prove(new VaultClient({ ...proving, token: undefined, signal }), credential, options);
}

async function send(client: VaultClient, options: RestorationOptions): Promise<SentSnapshot> {
  const { file, force, confirm, snapshotKey } = options;
  const { initialized, hasRecoveryKey } = await initStatus(client);
  if (!initialized) {
    await confirm(`${client.address} is empty. Restore ${file} onto it?`);
    const key = hasRecoveryKey ? undefined : await snapshotKey();
    return { activeBefore: await onEmptyServer(client, key, options), foreign: true, key };
  }
  const { sealed, n: shares, t: threshold } = await client.sealStatus();
  if (sealed) {
    throw new VaultSealed(
      client.address,
      `${client.address} is sealed, and a sealed server restores nothing; run "${ourCommand('unseal')}" first`,
    );
  }
  await confirm(
    `Replace everything that ${client.address} holds by ${file}? What was written since the backup is lost.`,
  );
  const ownKey = hasRecoveryKey ? undefined : { shares, threshold };
  const replaced = force ? ownKey : undefined;
  const key = replaced ? await snapshotKey() : ownKey;
  const activeBefore = await onServerInUse(client, options);
  return { activeBefore, foreign: force === true, key, replaced };
}

/**
 * The key that this makes never leaves the process, and the snapshot's takes its place. It has as many shares: a server
 * goes on counting them as it did before, when someone asked for its status while it restored.
 *
 * @param key as that of the snapshot is split; undefined where a seal opens the server
 * @returns since when the server was active before
 * @see https://github.com/hashicorp/vault/issues/24975
 */
async function onEmptyServer(
  client: VaultClient,
  key: KeyOptions | undefined,
  options: RestorationOptions,
): Promise<string | undefined> {
  const { signal } = options;
  const made = await initialise(client, key ?? { shares: 1, threshold: 1 }, key === undefined, signal);
  try {
    return await sendWithNewKey(client, made, { ...options, isUnsealed: key === undefined });
  } catch (error) {
    const problem = signal?.aborted ? 'interrupted' : error instanceof Error ? error.message : String(error);
    throw new ExplainedError(
      `${problem}. The server at ${client.address} has a key that nobody knows now, and nothing else: delete its data before you try again`,
    );
  }
}

/**
 * Sends the snapshot to a server that was initialised for it.
 *
 * @param isUnsealed whether a seal opens the server
 * @returns since when the server was active before
 */
export async function sendWithNewKey(
  client: VaultClient,
  { shares, rootToken }: { readonly shares: readonly string[]; readonly rootToken: string },
  {
    isUnsealed,
    file,
    report,
    signal,
  }: Pick<RestorationOptions, 'file' | 'report' | 'signal'> & { readonly isUnsealed: boolean },
): Promise<string | undefined> {
  if (!isUnsealed) {
    await unseal(client, shares, { signal });
  }
  if (!(await waitUntilActive(client, { timeoutMs: ACTIVE_TIMEOUT_MS, signal }))) {
    throw new ExplainedError(
      `${client.address} does not become active within ${ACTIVE_TIMEOUT_MS / 1000} s; see its log`,
    );
  }
  report('initialised with a key for this moment only');
  const before = await activeSince(client);
  await restoreSnapshot(client.withToken(rootToken).connection, file, { force: true });
  return before;
}

/** @returns since when the server was active before */
async function onServerInUse(
  client: VaultClient,
  { file, force, token, keyShares, asAdministrator, signal }: RestorationOptions,
): Promise<string | undefined> {
  const made =
    keyShares === undefined || force
      ? undefined
      : await asAdministrator(client.address, (administrator) =>
          generateRootToken(client.withToken(administrator).endedBy(graceSignal(signal)), keyShares),
        );
  const used = made ?? token;
  if (used === undefined) {
    throw new ExplainedError(
      force
        ? 'with --force the key shares are those of the snapshot, so this server has to be told who you are by a token that may restore; set VAULT_TOKEN, or delete its data and restore onto the empty server'
        : 'there is nothing to restore with; give the key shares by --from FOLDER, by --share-file FILE or on a terminal, or set VAULT_TOKEN',
    );
  }
  try {
    const before = await activeSince(client);
    await restoreSnapshot(client.withToken(used).connection, file, { force });
    return before;
  } catch (error) {
    throw error instanceof VaultResponseError ? explainRefusal(error, file) : error;
  } finally {
    if (made !== undefined) {
      // The snapshot does not know this token: revoking it fails where the restore worked.
      await revokeSelf(client.withToken(made)).catch(() => undefined);
    }
  }
}

function explainRefusal(error: VaultResponseError, file: string): Error {
  return error.said.includes('snapshot-force')
    ? new ExplainedError(
        `${file} is from a server with other keys; nothing was changed; use --force if you mean it and have those keys, which this server then needs`,
      )
    : error;
}

/** Its read may refresh the token, and one that is given up at once could lose the grant. */
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
