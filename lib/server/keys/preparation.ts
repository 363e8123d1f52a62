import { describeExpiry, commandLine } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import {
  BACKUP_POLICY_NAME,
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

/*
 * Preparation of a server before the first deploy: operators with their logins, and an audit device.
 */

/** Takes the secrets that Vault tells once, when it is initialized. A secret that a method has taken survives a power cut. */
export interface SecretReceiver {
  keyShares(shares: readonly string[]): Promise<void>;
  operator(name: OperatorName, login: OperatorLogin): Promise<void>;
}

export interface PreparationOptions {
  readonly deployment: Deployment;
  readonly receiver: SecretReceiver;
  /** Path on the server of Vault's audit log. OpenBao declares its own. */
  readonly auditFile: string;
  /** Gets a line on each step. */
  readonly report: (line: string) => void;
  /** @default - none */
  readonly signal?: AbortSignal;
}

/**
 * Does everything that needs a root token. Operators come first: without them no second root token could be made. The signal
 * ends it between two of its steps, so that each secret id is handed over.
 *
 * @param rotates whether operators that have a secret id get a new one, and the ones before end @default true
 */
export async function prepareServer(
  root: VaultClient,
  { deployment, receiver, auditFile, report, signal }: PreparationOptions,
  rotates = true,
): Promise<void> {
  signal?.throwIfAborted();
  await writeOperators(root, deployment);
  report('operator roles and their policies written');
  if (await writeSnapshotJob(root, deployment, BACKUP_POLICY_NAME)) {
    report('the snapshot job of the cluster may log in');
  }
  for (const name of operatorsOf(deployment)) {
    signal?.throwIfAborted();
    // An operator that was not declared before has none yet.
    if (rotates || !(await hasSecretId(root, name))) {
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
  return `good until ${describeExpiry(expireTime)}; before then: ${commandLine('operators update', '--rotate')}`;
}
