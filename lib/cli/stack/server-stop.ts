import {
  ExplainedError,
  NotDeployed,
  oneLine,
  commandLine,
  vaultVariable,
  VaultResponseError,
  VaultSealed,
} from '#core';
import { declaredConfiguration } from '../../declaration/derived/engine-configuration';
import { OperatorSession } from '../../operators/operator-session';
import { readRefreshing } from '../../vault/engine-refreshing';
import { pauseRefreshing } from '../../vault/refresh-pause';
import { VaultClient } from '../../vault/vault-client';
import type { StackWork } from './stack-work';

/** Wait for the answer of a server that may hang. */
const ANSWER_MS = 10_000;

/** A refresh that is cut off by a stop loses its grant. Refreshing is therefore paused before the stop, if possible. */
export interface ServerStop {
  /** A line for people before they agree. @default - none: there is no engine that refreshes */
  readonly notice?: string;
  /** Pauses refreshing, before the stop. @default - refreshing cannot be paused, or need not be */
  readonly pause?: () => Promise<void>;
}

type Work = Pick<StackWork, 'connection' | 'operators' | 'deployment' | 'signal'>;

/** Finds out whether refreshing can be paused. @param note gets lines for a person */
export async function prepareServerStop(work: Work, note: (line: string) => void): Promise<ServerStop> {
  const { connection, deployment, signal } = work;
  const { mountPath } = deployment.engine;
  try {
    const status = await new VaultClient({ ...connection, timeoutMs: ANSWER_MS }).endedBy(signal).sealStatus();
    if (!status.initialized || status.sealed) {
      return {};
    }
    // A login would use it up, and Terraform may still need it.
    if (vaultVariable('WRAPPED_SECRET_ID') !== undefined) {
      return cannotBePaused('VAULT_WRAPPED_SECRET_ID works for one login, which Terraform may need');
    }
    await using session = await open(work);
    const { checkIntervalSeconds } = await readRefreshing(session.vault.endedBy(signal), mountPath);
    const also = checkIntervalSeconds === 0 ? ' (it is paused already)' : '';
    return {
      notice: `refreshing is paused before the server stops${also}, so no grant is lost; resume it afterwards: ${commandLine('resume')}, or deploy webex-tokens`,
      pause: () => pause(work, note),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NotDeployed || error instanceof VaultSealed) {
      return {};
    }
    if (error instanceof ExplainedError || error instanceof VaultResponseError) {
      return cannotBePaused(oneLine(error.message));
    }
    throw error;
  }
}

async function pause(work: Work, note: (line: string) => void): Promise<void> {
  const { deployment, signal } = work;
  const { mountPath } = deployment.engine;
  const declared = declaredConfiguration(deployment);
  await using session = await open(work);
  await pauseRefreshing(
    { vault: session.vault, mountPath, declared },
    { note, howToResume: commandLine('resume'), signal },
  );
  note(`refreshing stays paused; resume it once the server is unsealed: ${commandLine('resume')}`);
}

function open({ connection, operators, signal }: Work): Promise<OperatorSession> {
  return OperatorSession.open(connection, 'provisioner', { operators, roleFromEnvironment: true, signal });
}

function cannotBePaused(why: string): ServerStop {
  return {
    notice: `refreshing cannot be paused before the server stops (${why}); up to 16 grants can be lost if Webex rotates refresh tokens; pause it first if the server runs: ${commandLine('pause')}`,
  };
}
