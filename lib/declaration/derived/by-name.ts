import { quotedList, UsageError } from '#core';
import type { App, Credential, Deployment, Integration } from '../schema/deployment';

/** @throws ExplainedError naming the known integrations. */
export function findIntegration(deployment: Deployment, name: string): Integration {
  return find('integration', deployment.integrations, name);
}

/** @throws ExplainedError naming the known credentials. */
export function findCredential(deployment: Deployment, name: string): Credential {
  return find('credential', deployment.credentials, name);
}

/** @throws ExplainedError naming the known apps. */
export function findApp(deployment: Deployment, name: string): App {
  return find('app', deployment.apps, name);
}

function find<T extends { name: string }>(kind: string, known: readonly T[], name: string): T {
  const found = known.find((candidate) => candidate.name === name);
  if (!found) {
    const names = quotedList(known.map((candidate) => candidate.name));
    throw new UsageError(`unknown ${kind} "${name}"; the deployment declares ${names}`);
  }
  return found;
}
