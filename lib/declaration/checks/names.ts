import { quotedList } from '#core';
import { clientSecretVariable } from '../derived/client-secret';
import type { Deployment } from '../schema/deployment';
import { OIDC_SECRET_VARIABLE } from '../schema/operators-declaration';
import { nameInVault, type Renamable } from '../schema/vault-name';
import { InvalidDeployment } from './invalid-deployment';

export function checkNames(deployment: Deployment): void {
  for (const kind of ['integrations', 'credentials', 'apps'] as const) {
    const names = deployment[kind].map((entry) => entry.name);
    const twice = names[indexOfRepetition(names)];
    if (twice !== undefined) {
      throw new InvalidDeployment(`${kind} has the name "${twice}" twice; each name is used once`);
    }
  }
  checkRenames('integration', deployment.integrations);
  checkRenames('app', deployment.apps);
  const variables = deployment.integrations.map((entry) => clientSecretVariable(entry.name));
  if (deployment.operators?.oidc !== undefined && variables.includes(OIDC_SECRET_VARIABLE)) {
    throw new InvalidDeployment(
      `integration "operators-oidc" shares its secret variable with operators.oidc; give it another name`,
    );
  }
  const clash = deployment.integrations[indexOfRepetition(variables)];
  if (clash !== undefined) {
    throw new InvalidDeployment(
      `integration "${clash.name}" shares its secret variable with another; names must differ in more than "-" and "_"`,
    );
  }
  const integrations = new Set(deployment.integrations.map(({ name }) => name));
  for (const { name, integration } of deployment.credentials) {
    knownOrThrow(`credential "${name}"`, 'integration', integration, integrations);
  }
  const credentials = new Set(deployment.credentials.map(({ name }) => name));
  for (const { name, reads } of deployment.apps) {
    for (const read of reads) {
      knownOrThrow(`app "${name}"`, 'credential', read, credentials);
    }
  }
}

/** Index of the first repeated value. @returns -1 if each value is there once */
function indexOfRepetition(values: readonly string[]): number {
  const seen = new Set<string>();
  return values.findIndex((value) => seen.size === seen.add(value).size);
}

/** A name in Vault belongs to one thing only. With two, each would be taken for the other. */
function checkRenames(kind: string, declared: readonly Renamable[]): void {
  const calledNow = new Map(declared.map((each) => [each.name, each]));
  const calledOnce = new Map<string, Renamable[]>();
  const allRenamed = declared.filter(({ vaultName }) => vaultName !== undefined);
  for (const renamed of allRenamed) {
    calledOnce.set(nameInVault(renamed), [...(calledOnce.get(nameInVault(renamed)) ?? []), renamed]);
  }
  for (const renamed of allRenamed) {
    const [inVault, who] = [nameInVault(renamed), `${kind} "${renamed.name}"`];
    const same = calledOnce.get(inVault)?.find((other) => other !== renamed);
    if (same !== undefined) {
      throw new InvalidDeployment(
        `${who} and ${kind} "${same.name}" both have vaultName "${inVault}", and Vault has only one ${kind} of that name; leave it out of the other`,
      );
    }
    if ((calledNow.get(inVault) ?? renamed) !== renamed) {
      throw new InvalidDeployment(
        `${who} has vaultName "${inVault}", which is the name of another ${kind}, and Vault keeps "${renamed.name}" under that name; give the other ${kind} another name`,
      );
    }
  }
}

function knownOrThrow(who: string, kind: string, name: string, known: ReadonlySet<string>): void {
  if (!known.has(name)) {
    throw new InvalidDeployment(`${who} names unknown ${kind} "${name}"; declared: ${quotedList([...known])}`);
  }
}
