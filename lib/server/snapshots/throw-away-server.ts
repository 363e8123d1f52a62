import { rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, ExplainedError } from '#core';
import { freePort } from '../../processes/free-port';
import { ServerProcess } from '../../processes/server-process';
import type { ServerProgram } from '../../processes/server-program';
import { graceSignal } from '../../vault/grace-signal';
import { VaultClient } from '../../vault/vault-client';
import { initialize } from '../keys/new-key';
import { restoreSnapshot } from './raft-snapshot';
import { RawStorage } from './raw-storage';
import { isSealed } from './restore-outcome';
import { generateToken } from '../keys/root-token';
import { explainedSeal } from './snapshot-seal';
import { readyWithNewKey } from './snapshot-target';

/*
 * A server on loopback of this machine, into which a snapshot is restored. Its data is deleted with it.
 *
 * No engine of the snapshot ever runs. An unsealed server would refresh grants at Webex, which loses the real ones if refresh
 * tokens rotate. It would also revoke leases and rotate passwords of other engines, and write to the audit log. So the
 * snapshot is restored under another key, which leaves the server sealed, and opened in recovery mode.
 */

export const THROW_AWAY_FOLDER = 'webex-token-vault-verification-';

const HOST = '127.0.0.1';
const SEALED_TIMEOUT_MS = 60_000;
const POLL_MS = 200;

export interface ThrowAwayOptions {
  readonly program: ServerProgram;
  readonly file: string;
  /** Stanza of the seal that opens the snapshot, in the server's configuration. @default - Shamir's seal */
  readonly seal?: Readonly<Record<string, unknown>>;
  /** Shares of the unseal key, or with a seal of the recovery key. */
  readonly keyShares: AsyncIterable<string>;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
}

export async function withSnapshot<T>(
  options: ThrowAwayOptions,
  action: (storage: RawStorage) => Promise<T>,
): Promise<T> {
  const folder = await makeFolder();
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const server = await layOut(folder, options.program);
    await restore(server, options);
    return await open(server, options, action);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

async function makeFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), THROW_AWAY_FOLDER));
  } catch (error) {
    throw new ExplainedError(
      `no folder can be made in ${tmpdir()} (${errorCode(error)}) for a throw-away server; set TMPDIR to one that can be written`,
    );
  }
}

async function layOut(workDirectory: string, { product }: ServerProgram) {
  const [raft, plugins] = [join(workDirectory, 'raft'), join(workDirectory, 'plugins')];
  await Promise.all([raft, plugins].map((each) => mkdir(each, { mode: 0o700 })));
  const [port, clusterPort] = [await freePort(), await freePort()];
  const address = `http://${HOST}:${port}`;
  const config = {
    storage: [{ raft: { path: raft, node_id: 'verification', performance_multiplier: 1 } }],
    listener: [{ tcp: { address: `${HOST}:${port}`, cluster_address: `${HOST}:${clusterPort}`, tls_disable: true } }],
    api_addr: address,
    cluster_addr: `http://${HOST}:${clusterPort}`,
    // An empty folder, so that no plugin could start in any mode.
    plugin_directory: plugins,
    log_level: 'info',
    // Vault would need a privilege to lock its memory. OpenBao has no such setting.
    ...(product === 'Vault' ? { disable_mlock: true } : {}),
  };
  return { address, config, workDirectory };
}

type Layout = Awaited<ReturnType<typeof layOut>>;

/** Afterwards the server is sealed, by a key that it does not have. */
async function restore(layout: Layout, { program, file, report, signal }: ThrowAwayOptions): Promise<void> {
  signal?.throwIfAborted();
  await using server = await ServerProcess.start({ ...layout, binary: program.command });
  const client = new VaultClient({ address: server.address, signal });
  const { rootToken, shares } = await initialize(client, { shares: 1, threshold: 1 }, false, signal);
  const { sender } = await readyWithNewKey(client, rootToken, shares, signal);
  await restoreSnapshot(sender.connection, file, { force: true });
  report('restored into a throw-away server');
  const deadline = Date.now() + SEALED_TIMEOUT_MS;
  while (!(await isSealed(client, signal))) {
    if (Date.now() > deadline) {
      throw new ExplainedError(
        `the throw-away server has not restored ${file} within ${SEALED_TIMEOUT_MS / 1000} s; try again on a less busy machine`,
      );
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

async function open<T>(
  layout: Layout,
  options: ThrowAwayOptions,
  action: (storage: RawStorage) => Promise<T>,
): Promise<T> {
  const { keyShares, report, signal } = options;
  signal?.throwIfAborted();
  await using server = await startRecovery(layout, options);
  const client = new VaultClient({ address: server.address, signal });
  const token = await generateToken(client.endedBy(graceSignal(signal)), 'recovery token', keyShares);
  report('opened');
  return await action(new RawStorage(client.withToken(token)));
}

/** The server checks its seal before it answers. */
async function startRecovery(layout: Layout, { program, file, seal }: ThrowAwayOptions): Promise<ServerProcess> {
  const config = seal === undefined ? layout.config : { ...layout.config, seal: [seal] };
  try {
    return await ServerProcess.start({ ...layout, config, binary: program.command, recovery: true });
  } catch (error) {
    throw explainedSeal(error, file);
  }
}
