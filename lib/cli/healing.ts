import type { Command } from 'commander';
import {
  describeError,
  ExplainedError,
  oneLine,
  UsageError,
  vaultOptionsFromEnvironment,
  VaultResponseError,
} from 'webex-token-client/core';
import { heal } from '../consent/healing';
import { healingCredentials } from '../declaration/healing';
import type { Report } from '../health/report';
import { OperatorSession } from '../server/operator-session';
import { explainedRefusal } from '../server/server-refusal';
import { declaredDeployment } from './deployment-option';
import { operatorFolder } from './operators-option';
import { observe } from './observation';

export interface HealingLookOptions {
  readonly verify?: boolean;
  /** Gets a line about each grant that is healed. */
  readonly onHealed: (line: string) => void;
  /** Gets a line about each that could not be. */
  readonly onFailure: (line: string) => void;
}

/**
 * Looks, gets the lost grants of Service Apps again that are declared to heal, and looks again where there was one. What
 * was revoked is not lost, and stays so.
 *
 * @throws as {@link observe}; UsageError where nothing is declared to heal
 */
export async function observeAndHeal(
  command: Command,
  { onHealed, onFailure, ...options }: HealingLookOptions,
  signal: AbortSignal,
): Promise<Report> {
  const { deployment } = await declaredDeployment(command);
  const healing = healingCredentials(deployment).map(({ name }) => name);
  if (healing.length === 0) {
    throw new UsageError(
      'nothing is declared to heal, so --heal has nothing to do; set heals at the credential of a Service App, or leave --heal out',
    );
  }
  const report = await observe(command, options, signal);
  const lost = report.credentials
    .filter(({ name, state }) => healing.includes(name) && state === 're-authorisation required')
    .map(({ name }) => name);
  if (lost.length === 0) {
    return report;
  }
  const connection = vaultOptionsFromEnvironment(deployment.vault);
  for (const credentialName of lost) {
    try {
      await using session = await OperatorSession.logIn(connection, 'healer', {
        operators: operatorFolder(command),
        signal,
      });
      await heal({ healer: session.vault, deployment, credentialName, signal });
      onHealed(`"${credentialName}" was lost, and is authorised again`);
    } catch (error) {
      signal.throwIfAborted();
      const explained = error instanceof VaultResponseError ? explainedRefusal(error) : error;
      if (!(explained instanceof ExplainedError)) {
        throw error;
      }
      onFailure(`error: "${credentialName}" is lost, and could not be had again: ${oneLine(describeError(explained))}`);
    }
  }
  return await observe(command, options, signal);
}
