import {
  type CredentialReading,
  ExplainedError,
  readCredential,
  type VaultConnectionOptions,
  VaultResponseError,
} from 'webex-token-client/core';
import { initialise, initStatus } from './initialisation';
import { restoreSnapshot } from './raft-snapshot';
import { generateRootToken, revokeSelf, withRootToken } from './root-token';
import { verifySnapshot, type SnapshotSummary } from './snapshot-archive';
import { activeSince, otherLeader, unseal, waitUntilActive } from './unsealing';
import { VaultClient, type SealStatus } from '../vault/vault-client';

/*
 * From a snapshot back to a server that gives out tokens.
 */

const POLL_MS = 500;
const ACTIVE_TIMEOUT_MS = 60_000;

export interface RestorationOptions {
  readonly file: string;
  /** Onto a server with other keys, whose place the keys of the snapshot take. @default false */
  readonly force?: boolean;
  /** Read afterwards, to prove that the grants are there. @default - none is read */
  readonly credential?: { readonly mountPath: string; readonly name: string };
  /** May restore, and read the credential. @default - a root token is made of the key shares */
  readonly token?: string;
  /** Of the server that the snapshot came from. @default - others unseal it */
  readonly keyShares?: AsyncIterable<string>;
  /** Token of the operator role "administrator", to make a root token. */
  readonly administratorToken: () => Promise<string>;
  /** How long others have to unseal it. */
  readonly unsealTimeoutMs: number;
  /** Throws where the answer is no. */
  readonly confirm: (question: string) => Promise<void>;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
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
  const { file, report, credential } = options;
  const snapshot = await verifySnapshot(file);
  report(`${file} is whole, sha256 ${snapshot.sha256}`);
  const given = new VaultClient({ ...connection, token: undefined });
  if (credential !== undefined && options.token === undefined && options.keyShares === undefined) {
    throw new ExplainedError(
      'there is nothing to read the credential with afterwards; give the key shares with --from, or VAULT_TOKEN',
    );
  }
  const leading = await leaderConnection(connection, given, report);
  const client = new VaultClient({ ...leading, token: undefined });
  const before = await send(client, snapshot, options);
  report('sent, and being restored');
  await untilActive(client, before, snapshot, options);
  report('unsealed and active');
  return credential && (await prove(client, credential, options));
}

/** Only the leader restores, and only it knows when it is done. */
async function leaderConnection(
  connection: VaultConnectionOptions,
  client: VaultClient,
  report: (line: string) => void,
): Promise<VaultConnectionOptions> {
  const { initialized, sealed } = await client.sealStatus();
  const address = initialized && !sealed ? await otherLeader(client) : undefined;
  if (address === undefined) {
    return connection;
  }
  if (new URL(address).protocol !== new URL(connection.address).protocol) {
    throw new ExplainedError(
      `${client.address} is led by ${address}, another protocol than this one; correct api_addr in its configuration`,
    );
  }
  report(`${client.address} is a standby node; going to its leader, ${address}`);
  return { ...connection, address };
}

/** @returns since when the server was active before, if it was */
async function send(
  client: VaultClient,
  snapshot: SnapshotSummary,
  options: RestorationOptions,
): Promise<string | undefined> {
  const { file, confirm } = options;
  const { initialized } = await initStatus(client);
  if (!initialized) {
    await confirm(`${client.address} is empty. Restore ${file} onto it?`);
    return onEmptyServer(client, snapshot, options);
  }
  if ((await client.sealStatus()).sealed) {
    throw new ExplainedError(
      `${client.address} is sealed, and a sealed server restores nothing; run "npx webex-token-vault unseal" first`,
    );
  }
  await confirm(
    `Replace everything that ${client.address} holds by ${file}? What was written since the backup is lost.`,
  );
  return onServerInUse(client, options);
}

/**
 * The key that this makes never leaves the process, and the snapshot's takes its place. It has as many shares: a server
 * goes on counting them as it did before, when someone asked for its status while it restored.
 *
 * @see https://github.com/hashicorp/vault/issues/24975
 */
async function onEmptyServer(
  client: VaultClient,
  { unsealKey = { shares: 1, threshold: 1 } }: SnapshotSummary,
  { file, report, signal }: RestorationOptions,
): Promise<string | undefined> {
  const { hasRecoveryKey } = await initStatus(client);
  const { shares, rootToken } = await initialise(client, unsealKey, hasRecoveryKey);
  try {
    if (!hasRecoveryKey) {
      await unseal(client, shares);
    }
    await waitUntilActive(client, { timeoutMs: ACTIVE_TIMEOUT_MS, signal });
    report('initialised with a key for this moment only');
    const before = await activeSince(client);
    await restoreSnapshot(client.withToken(rootToken).connection, file, { force: true });
    return before;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ExplainedError(
      `${problem}. The server at ${client.address} has a key that nobody knows now, and nothing else: delete its data before you try again`,
    );
  }
}

async function onServerInUse(
  client: VaultClient,
  { file, force, token, keyShares, administratorToken }: RestorationOptions,
): Promise<string | undefined> {
  const made =
    keyShares === undefined || force
      ? undefined
      : await generateRootToken(client.withToken(await administratorToken()), keyShares);
  const used = made ?? token;
  if (used === undefined) {
    throw new ExplainedError(
      force
        ? 'with --force the key shares are those of the snapshot, so this server has to be told who you are by a token that may restore; set VAULT_TOKEN, or delete its data and restore onto the empty server'
        : 'there is nothing to restore with; give the key shares with --from or --share-file, or VAULT_TOKEN',
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

/** The server answers before it restores, takes some seconds for it, and may end up sealed. */
async function untilActive(
  client: VaultClient,
  before: string | undefined,
  snapshot: SnapshotSummary,
  { keyShares, unsealTimeoutMs, report, signal }: RestorationOptions,
): Promise<void> {
  const deadline = Date.now() + unsealTimeoutMs;
  const told = new Set<string>();
  const tell = (line: string): void => {
    if (!told.has(line)) {
      report(line);
      told.add(line);
    }
  };
  while (Date.now() < deadline) {
    if (await waitUntilActive(client, { timeoutMs: POLL_MS, before, signal })) {
      return;
    }
    if (!(await isSealed(client))) {
      continue;
    }
    tell('it is sealed now, and needs the key that it had when the backup was made');
    const status = await client.sealStatus();
    const { unsealKey } = snapshot;
    if (unsealKey !== undefined && (status.n !== unsealKey.shares || status.t !== unsealKey.threshold)) {
      tell('it still counts the shares of its key before: restart it now, to make it forget that');
    } else if (unsealKey !== undefined && keyShares !== undefined) {
      await unsealRestored(client, keyShares);
    } else {
      tell(
        unsealKey === undefined
          ? 'give it the seal of that time'
          : 'run "npx webex-token-vault unseal" with the shares of that key',
      );
    }
  }
  throw new ExplainedError(
    `the snapshot was sent, but ${client.address} is not unsealed and active after ${unsealTimeoutMs / 1000} s; run "npx webex-token-vault unseal" with the key shares that belong to the snapshot, and see the server's log`,
  );
}

/** Without asking for the status of the seal, which while it restores would be that of the seal before, and stay. */
async function isSealed(client: VaultClient): Promise<boolean> {
  try {
    await activeSince(client);
    return false;
  } catch (error) {
    // Unreachable: as while it is restarted.
    return error instanceof VaultResponseError && error.statusCode === 503;
  }
}

async function unsealRestored(client: VaultClient, keyShares: AsyncIterable<string>): Promise<SealStatus> {
  try {
    return await unseal(client, keyShares);
  } catch (error) {
    throw error instanceof ExplainedError
      ? new ExplainedError(`the snapshot is restored, but ${error.message}`)
      : error;
  }
}

async function prove(
  client: VaultClient,
  { mountPath, name }: { mountPath: string; name: string },
  { token, keyShares, administratorToken }: RestorationOptions,
): Promise<CredentialReading> {
  if (keyShares === undefined) {
    return readCredential(client.withToken(token ?? '').connection, mountPath, name);
  }
  const administrator = client.withToken(await administratorToken());
  return withRootToken(administrator, keyShares, (root) => readCredential(root.connection, mountPath, name));
}
