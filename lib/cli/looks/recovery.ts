import type { Command } from 'commander';
import {
  describeError,
  ExplainedError,
  oneLine,
  TemporarilyUnavailable,
  UsageError,
  vaultOptionsFromEnvironment,
} from '#core';
import { heal } from '../../grants/consent/ways/service-app-grant';
import { findCredential } from '../../declaration/derived/by-name';
import type { Deployment } from '../../declaration/schema/deployment';
import { healingCredentials, healingOrder } from '../../declaration/derived/healing-credentials';
import { OperatorSession } from '../../operators/operator-session';
import { explained } from '../../operators/server-refusal';
import { declaredDeployment, operatorFolder } from '../operated-command';
import { observe } from './observer-look';

export interface Recovery {
  /** Credentials whose grants were lost, and are there again. */
  readonly recovered: readonly string[];
  /** Credentials whose grants are still lost, each with the reason. */
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
  /** Recovered credentials whose new grants lack declared scopes. */
  readonly lacking: readonly { readonly name: string; readonly scopes: readonly string[] }[];
}

/**
 * Looks, and recovers the lost grants of Service Apps that set `autoRecover`. A revoked grant is not lost, so it stays revoked.
 */
export async function recoverGrants(command: Command, signal: AbortSignal): Promise<Recovery> {
  const { deployment } = await declaredDeployment(command);
  const healing = healingCredentials(deployment).map(({ name }) => name);
  if (healing.length === 0) {
    throw new UsageError(
      'no credential sets serviceApp.autoRecover, so there is nothing to recover; set it at the credential of a Service App',
    );
  }
  const { server, credentials } = await observe(command, {}, signal);
  if (server.severity === 'broken') {
    throw new TemporarilyUnavailable(`Vault at ${server.name} is ${server.state}: ${server.detail}; try again later`);
  }
  const lost = credentials
    .filter(({ name, state }) => healing.includes(name) && state === 're-authorization required')
    .map(({ name }) => name);
  const lacking: { name: string; scopes: readonly string[] }[] = [];
  const connection = vaultOptionsFromEnvironment(deployment.vault);
  const attempt = async (credentialName: string): Promise<string | undefined> => {
    try {
      await using session = await OperatorSession.logIn(connection, 'healer', {
        operators: operatorFolder(command),
        signal,
      });
      const { missingScopes: scopes = [] } = await heal({ vault: session.vault, deployment, credentialName, signal });
      if (scopes.length > 0) {
        lacking.push({ name: credentialName, scopes });
      }
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      const problem = explained(error);
      if (!(problem instanceof ExplainedError)) {
        throw error;
      }
      return oneLine(describeError(problem));
    }
  };
  return { ...(await recoverEach(deployment, lost, attempt)), lacking };
}

/**
 * Service Apps may request each other's grants, so a failed grant is tried again after the grant that requests it.
 */
async function recoverEach(
  deployment: Deployment,
  lost: readonly string[],
  attempt: (name: string) => Promise<string | undefined>,
): Promise<Omit<Recovery, 'lacking'>> {
  const recovered: string[] = [];
  const failures = new Map<string, string>();
  const queue = healingOrder(deployment, lost);
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const failure = await attempt(name);
    if (failure !== undefined) {
      failures.set(name, failure);
      continue;
    }
    recovered.push(name);
    failures.delete(name);
    queue.push(
      ...[...failures.keys()].filter((each) => findCredential(deployment, each).serviceApp?.requestedBy === name),
    );
  }
  return { recovered, failed: [...failures].map(([name, reason]) => ({ name, reason })) };
}
