import { quotedList } from '#core';
import { clientSecretVariable } from '../derived/client-secret';
import type { Deployment } from '../schema/deployment';
import { OIDC_SECRET_VARIABLE } from '../schema/operators-declaration';

interface Named {
  readonly name: string;
  readonly vaultName: string;
}

export function nameProblem(deployment: Deployment): string | undefined {
  const { integrations, credentials, apps } = deployment;
  return (
    repeatedName('integrations', integrations) ??
    repeatedName('credentials', credentials) ??
    repeatedName('apps', apps) ??
    renameProblem('integration', integrations) ??
    renameProblem('app', apps) ??
    variableProblem(deployment) ??
    unknownName(
      'integration',
      integrations,
      credentials.map(({ name, integration }) => [`credential "${name}"`, integration]),
    ) ??
    unknownName(
      'credential',
      credentials,
      apps.flatMap(({ name, reads }) => reads.map((read) => [`app "${name}"`, read] as const)),
    )
  );
}

function repeatedName(kind: string, declared: readonly { readonly name: string }[]): string | undefined {
  const names = declared.map(({ name }) => name);
  const twice = names[indexOfRepetition(names)];
  return twice && `${kind} has the name "${twice}" twice; give each a name of its own`;
}

function variableProblem({ integrations, operators }: Deployment): string | undefined {
  const variables = integrations.map(({ name }) => clientSecretVariable(name));
  if (operators?.oidc !== undefined && variables.includes(OIDC_SECRET_VARIABLE)) {
    return 'integration "operators-oidc" has the same secret variable as operators.oidc; give it another name';
  }
  const clash = integrations[indexOfRepetition(variables)];
  return (
    clash &&
    `integration "${clash.name}" has the same secret variable as another one; use names that differ in more than "-" and "_"`
  );
}

/** @returns the index of the first repeated value, or -1 */
function indexOfRepetition(values: readonly string[]): number {
  const seen = new Set<string>();
  return values.findIndex((value) => seen.size === seen.add(value).size);
}

/** A name in Vault belongs to one integration, or to one app. */
function renameProblem(kind: string, declared: readonly Named[]): string | undefined {
  const byName = new Map(declared.map((each) => [each.name, each]));
  const byVaultName = new Map(declared.map((each) => [each.vaultName, each]));
  for (const renamed of declared.filter(({ name, vaultName }) => vaultName !== name)) {
    const { name, vaultName } = renamed;
    if (byName.has(vaultName)) {
      return `${kind} "${name}" has vaultName "${vaultName}", which is the name of another ${kind}, but Vault keeps "${name}" under that name; give the other ${kind} another name`;
    }
    const same = byVaultName.get(vaultName);
    if (same !== undefined && same !== renamed) {
      return `${kind} "${name}" and ${kind} "${same.name}" both have vaultName "${vaultName}", but Vault has only one ${kind} of that name; remove it from one of the two`;
    }
  }
  return undefined;
}

function unknownName(
  kind: string,
  declared: readonly { readonly name: string; readonly organization?: { readonly family: string } }[],
  uses: readonly (readonly [who: string, name: string])[],
): string | undefined {
  const known = new Set(declared.map(({ name }) => name));
  const unknown = uses.find(([, name]) => !known.has(name));
  // A family may have a thousand credentials, so its name stands for them.
  const shown = new Set(declared.map(({ name, organization }) => organization?.family ?? name));
  return unknown && `${unknown[0]} names unknown ${kind} "${unknown[1]}"; declared: ${quotedList([...shown])}`;
}
