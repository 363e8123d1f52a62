import { describeExpiry, commandLine } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import {
  hasSecretId,
  operatorsOf,
  renewOperator,
  writeOperators,
  type OperatorLogin,
  type OperatorName,
} from '../../operators/operators';
import type { VaultClient } from '../../vault/vault-client';
import { ensureAudit } from './audit-device';
import { writeSnapshotJob } from './snapshot-job';

/** Stores the secrets that Vault returns once. A secret survives a power cut once its method has returned. */
export interface SecretReceiver {
  keyShares(shares: readonly string[]): Promise<void>;
  operator(name: OperatorName, login: OperatorLogin): Promise<void>;
}

export interface PreparationOptions {
  readonly deployment: Deployment;
  readonly receiver: SecretReceiver;
  /** Path of Vault's audit log on the server. OpenBao declares its own. */
  readonly auditFile: string;
  /** Gets a line about each step. */
  readonly report: (line: string) => void;
  /** @default - none */
  readonly signal?: AbortSignal;
}

/**
 * Prepares a server for the first deploy: operators, their logins, an audit device. Operators come first, because nobody
 * could make a second root token without them. The signal stops it between two steps, so that no secret id is lost.
 *
 * @param rotates whether operators with a secret id get a new one, and the earlier ones are revoked @default true
 */
export async function prepareServer(
  root: VaultClient,
  { deployment, receiver, auditFile, report, signal }: PreparationOptions,
  rotates = true,
): Promise<void> {
  signal?.throwIfAborted();
  await writeOperators(root, deployment);
  report('operator roles and their policies written');
  if (await writeSnapshotJob(root, deployment)) {
    report('the snapshot job of the cluster may log in');
  }
  for (const name of operatorsOf(deployment)) {
    signal?.throwIfAborted();
    // An operator that is newly declared has no secret id yet.
    if (rotates || !(await hasSecretId(root, name))) {
      const ttlSeconds = await renewOperator(root, name, async (login, ttlSeconds) => {
        await receiver.operator(name, login);
        return ttlSeconds;
      });
      report(`secret id of operator ${name} issued: ${ttlSeconds === 0 ? 'it never expires' : until(ttlSeconds)}`);
    }
  }
  report(`audit is on: ${(await ensureAudit(root, auditFile)).join(', ')}`);
}

function until(ttlSeconds: number): string {
  const expireTime = new Date(Date.now() + ttlSeconds * 1000);
  return `valid until ${describeExpiry(expireTime)}; renew it before with "${commandLine('operators update', '--rotate')}"`;
}
