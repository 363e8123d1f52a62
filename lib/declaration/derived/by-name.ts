import { quotedList, UsageError } from '#core';
import { similarName } from '../schema/similar-name';
import type { App, Credential, Deployment, Integration } from '../schema/deployment';

/*
 * Parts of a deployment, found by name. The UsageError of an unknown name shows a similar name, or all declared names.
 */

export const findIntegration = ({ integrations }: Deployment, name: string): Integration =>
  find('integration', integrations, name);

export const findCredential = ({ credentials }: Deployment, name: string): Credential =>
  find('credential', credentials, name);

export const findApp = ({ apps }: Deployment, name: string): App => find('app', apps, name);

function find<T extends { name: string }>(kind: string, known: readonly T[], name: string): T {
  const found = known.find((candidate) => candidate.name === name);
  if (!found) {
    const names = known.map((candidate) => candidate.name);
    const meant = similarName(name, names);
    throw new UsageError(
      meant === undefined
        ? `unknown ${kind} "${name}"; the deployment declares ${quotedList(names)}`
        : `unknown ${kind} "${name}"; did you mean "${meant}"?`,
    );
  }
  return found;
}
