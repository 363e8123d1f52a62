import { setTimeout as delay } from 'node:timers/promises';
import { ExplainedError, commandLine, VaultResponseError } from '#core';
import { leaderReply } from '../../vault/replies';
import { type SealStatus, type VaultClient } from '../../vault/vault-client';
import { SHARE_WAYS } from '../../operators/key-shares';

const POLL_MS = 250;
/** A node that joins others stays sealed for a moment after its last share. */
const JOIN_TIMEOUT_MS = 15_000;
const ACTIVE_TIMEOUT_MS = 60_000;
/** A healthy server names its leader at once. A server that does not is asked again. */
const LEADER_TIMEOUT_MS = 5000;

export interface UnsealOptions {
  /** Called after each share. @default - not reported */
  readonly report?: (progress: { given: number; threshold: number; repeated: boolean }) => void;
  /** Ends the wait for a node that joins others. @default - none */
  readonly signal?: AbortSignal;
}

/** Gives Vault one share after the other until it is unsealed. Shares that others gave before count. */
export async function unseal(
  client: VaultClient,
  shares: AsyncIterable<string> | Iterable<string>,
  { report = () => undefined, signal }: UnsealOptions = {},
): Promise<SealStatus> {
  let status = await client.sealStatus();
  if (!status.initialized) {
    throw new ExplainedError(
      `${client.address} is not initialized, so it has no key yet; run "${commandLine('init')}" first`,
    );
  }
  if (status.sealed) {
    for await (const share of shares) {
      const before = status.progress;
      status = await giveShare(client, share);
      const given = status.sealed && status.progress > 0 ? status.progress : status.t;
      report({ given, threshold: status.t, repeated: status.sealed && status.progress === before });
      if (!status.sealed || status.progress === 0) {
        break;
      }
    }
  }
  for (let waitedMs = 0; status.sealed && status.progress === 0 && waitedMs < JOIN_TIMEOUT_MS; waitedMs += POLL_MS) {
    await delay(POLL_MS, undefined, { signal });
    status = await client.sealStatus();
  }
  if (status.sealed) {
    throw new ExplainedError(
      `${client.address} is still sealed, with ${status.progress} of the ${status.t} key shares that it needs; give ${status.t - status.progress} more ${SHARE_WAYS}; it keeps the shares until it is restarted`,
    );
  }
  return status;
}

async function giveShare(client: VaultClient, key: string): Promise<SealStatus> {
  const root = client.withNamespace(undefined);
  try {
    await root.write('sys/unseal', { key });
  } catch (error) {
    if (error instanceof VaultResponseError && [400, 500].includes(error.statusCode) && error.said !== '') {
      throw await explainRefusal(root, error);
    }
    throw error;
  }
  return root.sealStatus();
}

/** Vault checks the shares once it has all of them, and then forgets them. */
async function explainRefusal(client: VaultClient, { said: vaultSaid }: VaultResponseError): Promise<ExplainedError> {
  const { progress, t } = await client.sealStatus();
  if (progress > 0) {
    return new ExplainedError(
      `Vault rejected the last key share, and keeps the ${progress} of ${t} that it has; check that share, and give it again`,
    );
  }
  const said = /invalid key|authentication failed|failed to compute/.test(vaultSaid)
    ? 'at least one of them is wrong or of another server'
    : `Vault says: ${vaultSaid}`;
  return new ExplainedError(
    `the ${t} key shares do not unseal this server: ${said}; it has discarded all of them, so give ${t} right ones`,
  );
}

/** The same client with a limit for an answer about the leader. @param signal ends the wait earlier */
export function hurried(client: VaultClient, signal?: AbortSignal, answerMs = LEADER_TIMEOUT_MS): VaultClient {
  const late = AbortSignal.timeout(answerMs);
  return client.endedBy(signal === undefined ? late : AbortSignal.any([signal, late]));
}

/** Start of this node's term; if another node leads and `itself` is unset, its address; undefined without a leader. */
export async function activeSince(client: VaultClient, itself = false): Promise<string | undefined> {
  const reply = await client.withNamespace(undefined).read('sys/leader', leaderReply);
  if (!reply.ha_enabled) {
    return 'always';
  }
  const other = itself ? undefined : reply.leader_address || undefined;
  return reply.is_self === true ? reply.active_time : other;
}

export async function requireActive(client: VaultClient, signal?: AbortSignal): Promise<void> {
  if (!(await waitUntilActive(client, { timeoutMs: ACTIVE_TIMEOUT_MS, signal }))) {
    throw new ExplainedError(
      `${client.address} did not become active within ${ACTIVE_TIMEOUT_MS / 1000} s; see its log`,
    );
  }
}

export interface ActiveWait {
  readonly timeoutMs: number;
  /** Limit of one answer. @default - some seconds */
  readonly answerMs?: number;
  /** Earlier result of {@link activeSince}, so that a newer one is awaited. @default - any counts */
  readonly before?: string;
  /** Whether this node must lead. @default false */
  readonly itself?: boolean;
  /** @default - none */
  readonly signal?: AbortSignal;
}

/** Waits until an active node answers. @returns whether it did in time; the last answer may come after the timeout */
export async function waitUntilActive(
  client: VaultClient,
  { timeoutMs, answerMs, before, itself, signal }: ActiveWait,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  do {
    const since = await activeSince(hurried(client, signal, answerMs), itself).catch(() => undefined);
    if (since !== undefined && (before === undefined || since !== before || since === 'always')) {
      return true;
    }
    await delay(POLL_MS, undefined, { signal });
  } while (Date.now() < deadline);
  return false;
}
