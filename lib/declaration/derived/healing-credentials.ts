import { findIntegration } from './by-name';
import type { Deployment } from '../schema/deployment';
import { healingPathOf, healingSecretPath } from '../schema/healing-path';
import { askersOf, isServiceApp, type ServiceAppCredential } from '../schema/service-app';
import { nameInVault } from '../schema/vault-name';

/*
 * Grants of Service Apps that "recover" gets again where they are lost. For that it needs their client
 * secrets, which the engine never gives back: so they are in Vault a second time, in a mount of their own.
 */

/** The credentials that heal. */
export function healingCredentials({ credentials }: Pick<Deployment, 'credentials'>): ServiceAppCredential[] {
  return credentials.filter(isServiceApp).filter(({ serviceApp }) => serviceApp.autoRecover);
}

/**
 * The order in which lost grants can be had again: each after the one whose token asks for it.
 *
 * @param lost names of credentials
 */
export function healingOrder({ credentials }: Pick<Deployment, 'credentials'>, lost: readonly string[]): string[] {
  const ordered = new Set<string>();
  for (const credential of credentials.filter(({ name }) => lost.includes(name))) {
    const askers = askersOf(credential, credentials).filter((asker) => asker !== credential);
    const chain = [credential, ...askers].map(({ name }) => name);
    chain
      .reverse()
      .filter((name) => lost.includes(name))
      .forEach((name) => ordered.add(name));
  }
  return [...ordered];
}

/** Names in the engine of the integrations that those need the client secret of. */
export function healingIntegrations(deployment: Deployment): string[] {
  const names = healingCredentials(deployment).map(({ integration }) =>
    nameInVault(findIntegration(deployment, integration)),
  );
  return [...new Set(names)];
}

/** Where the client secret of an integration is kept for healing. @param integration its name in the engine */
export function keptSecretPath({ engine }: Pick<Deployment, 'engine'>, integration: string): string {
  return healingSecretPath(healingPathOf(engine.mountPath), integration);
}
