import { quotedList, UsageError } from '#core';
import type { App, Credential, Deployment, Integration } from '../schema/deployment';

/*
 * Parts of a deployment, found by name. An unknown name throws a UsageError that lists the declared names.
 */

export const findIntegration = ({ integrations }: Deployment, name: string): Integration =>
  find('integration', integrations, name);

export const findCredential = ({ credentials }: Deployment, name: string): Credential =>
  find('credential', credentials, name);

export const findApp = ({ apps }: Deployment, name: string): App => find('app', apps, name);

function find<T extends { name: string }>(kind: string, known: readonly T[], name: string): T {
  const found = known.find((candidate) => candidate.name === name);
  if (!found) {
    const names = quotedList(known.map((candidate) => candidate.name));
    throw new UsageError(`unknown ${kind} "${name}"; the deployment declares ${names}`);
  }
  return found;
}
