import type { Command } from 'commander';
import {
  describeError,
  ExplainedError,
  oneLine,
  UsageError,
  vaultOptionsFromEnvironment,
  VaultResponseError,
} from '#core';
import { heal } from '../grants/consent/healing';
import { findCredential } from '../declaration/derived/by-name';
import type { Deployment } from '../declaration/schema/deployment';
import { healingCredentials, healingOrder } from '../declaration/derived/healing';
import type { Report } from '../health/report';
import { OperatorSession } from '../operators/operator-session';
import { explainedRefusal } from '../operators/server-refusal';
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
    .filter(({ name, state }) => healing.includes(name) && state === 're-authorization required')
    .map(({ name }) => name);
  if (lost.length === 0) {
    return report;
  }
  const connection = vaultOptionsFromEnvironment(deployment.vault);
  const attempt = async (credentialName: string): Promise<string | undefined> => {
    try {
      await using session = await OperatorSession.logIn(connection, 'healer', {
        operators: operatorFolder(command),
        signal,
      });
      await heal({ healer: session.vault, deployment, credentialName, signal });
      onHealed(`"${credentialName}" was lost, and is authorized again`);
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      const explained = error instanceof VaultResponseError ? explainedRefusal(error) : error;
      if (!(explained instanceof ExplainedError)) {
        throw error;
      }
      return `error: "${credentialName}" is lost, and could not be had again: ${oneLine(describeError(explained))}`;
    }
  };
  const failures = await healEach(deployment, lost, attempt);
  failures.forEach((line) => onFailure(line));
  return await observe(command, options, signal);
}

/**
 * A grant that could not be had is tried again once the grant whose token asks for it is healed: Service Apps may ask for
 * each other's grants.
 *
 * @param attempt heals one grant; returns why it could not
 * @returns why the rest is still lost
 */
async function healEach(
  deployment: Deployment,
  lost: readonly string[],
  attempt: (name: string) => Promise<string | undefined>,
): Promise<string[]> {
  const failures = new Map<string, string>();
  const queue = healingOrder(deployment, lost);
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const failure = await attempt(name);
    if (failure !== undefined) {
      failures.set(name, failure);
      continue;
    }
    failures.delete(name);
    queue.push(...[...failures.keys()].filter((each) => findCredential(deployment, each).tokensFrom === name));
  }
  return [...failures.values()];
}
