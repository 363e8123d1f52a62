import {
  describeError,
  ExplainedError,
  explainOutage,
  NotDeployed,
  commandLine,
  VaultResponseError,
  VaultUnreachableError,
} from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import type { Deployment } from '../../declaration/schema/deployment';
import { absenceAdvice, otherNodeAdvice } from '../../declaration/derived/cluster-nodes';
import { isPaused, readRefreshing } from '../../vault/engine-refreshing';
import { mountReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';
import { lineOf, type EngineLine, type Line, type State } from '../report';

/*
 * The two parts that every grant depends on: the server, and the engine in it.
 */

/**
 * A look without a token.
 *
 * @param declared the declared server. @default - none, so advice on an unreachable server is less exact
 */
export async function lookAtServer(
  vault: VaultClient,
  declared?: Deployment['vault']['server'],
): Promise<Line<State<'server'>>> {
  const line = (state: State<'server'>, detail: string, next?: string): Line<State<'server'>> =>
    lineOf(vault.address, state, state === 'up' ? 'healthy' : 'broken', detail, next);
  try {
    const { initialized, sealed, version } = await vault.sealStatus();
    if (!initialized) {
      return line('not initialized', 'it is new and empty', commandLine('init'));
    }
    if (!sealed) {
      return line('up', version);
    }
    const elsewhere = otherNodeAdvice(vault.address, declared);
    return elsewhere === undefined
      ? line('sealed', 'nothing can be read until it is unsealed', commandLine('unseal'))
      : line('sealed', 'this node can read nothing until it is unsealed', `${commandLine('unseal')}; ${elsewhere}`);
  } catch (error) {
    if (error instanceof VaultResponseError) {
      return line('unreachable', explainOutage(error, vault.address, 'report its state').message);
    }
    if (error instanceof ExplainedError) {
      const detail = describeError(error);
      return line('unreachable', detail, nextOfAbsence(error, declared));
    }
    throw error;
  }
}

/** @returns undefined if the error itself names the next step */
function nextOfAbsence(error: ExplainedError, declared: Deployment['vault']['server']): string | undefined {
  const advice = absenceAdvice(error, declared);
  const isRefused = error instanceof VaultUnreachableError && error.networkCode === 'ECONNREFUSED';
  if (!isRefused || declared === undefined || (declared.mode === 'kubernetes' && advice !== undefined)) {
    return advice;
  }
  const start = `if nothing runs there: ${commandLine('deploy', 'vault-server')}`;
  return advice === undefined ? start : `${start}; ${advice}`;
}

/** A look as the observer. @throws VaultResponseError, VaultUnreachableError */
export async function lookAtEngine(vault: VaultClient, { engine }: Deployment): Promise<EngineLine> {
  const { mountPath, plugin } = engine;
  const line = (state: State<'engine'>, severity: Line['severity'], detail: string, next?: string): EngineLine =>
    lineOf(mountPath, state, severity, detail, next);
  const deploy = deployCommand();
  try {
    const { type } = (await vault.read(`sys/internal/ui/mounts/${mountPath}`, mountReply)).data;
    if (type !== plugin.name) {
      return line('missing', 'broken', `the engine mounted there is "${type}", not "${plugin.name}"`, deploy);
    }
    const refreshing = await readRefreshing(vault, mountPath);
    // If the configuration was never written, the plugin's own defaults apply, and they delete grants.
    if (refreshing.configuration?.tune_reap_check_interval_seconds !== 0) {
      return line('reaping', 'attention', 'it deletes grants that it considers invalid', deploy);
    }
    if (isPaused(refreshing, engine.tuning)) {
      return line(
        'paused',
        'attention',
        'it refreshes no token before it expires',
        `${commandLine('resume')}, after the planned stop`,
      );
    }
    const running = line('running', 'healthy', 'it refreshes tokens before they expire');
    return { ...running, configuration: refreshing.configuration };
  } catch (error) {
    if (error instanceof NotDeployed) {
      return error.message.includes('its plugin does not run')
        ? line('plugin not running', 'broken', error.message, `${deploy}, with a plugin that is on the server`)
        : line('missing', 'broken', error.message, deploy);
    }
    // For a token with rights below the path, 403 means that nothing is mounted there.
    const isMissing =
      error instanceof VaultResponseError &&
      (error.statusCode === 404 || (error.statusCode === 403 && error.path.startsWith('sys/internal/')));
    if (!isMissing) {
      throw error;
    }
    return line('missing', 'broken', 'no engine is mounted there', deploy);
  }
}
