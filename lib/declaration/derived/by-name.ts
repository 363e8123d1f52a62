import { quotedList, UsageError } from '#core';
import { similarName } from '../schema/similar-name';
import type { App, Credential, Deployment, Integration } from '../schema/deployment';

/*
 * Parts of a deployment, found by name. The UsageError of an unknown name shows a similar name, or all declared names.
 */

export const findIntegration = ({ integrations }: Deployment, name: string): Integration =>
  find('integration', integrations, name);

/** @throws UsageError also for the name of a family, which has a credential for each organization */
export function findCredential({ credentials }: Deployment, name: string): Credential {
  const member = credentials.find(({ organization }) => organization?.family === name);
  if (member !== undefined) {
    throw new UsageError(
      `"${name}" has a credential for each of its organizations; name one of them, such as "${member.name}"`,
    );
  }
  return find('credential', credentials, name);
}

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
