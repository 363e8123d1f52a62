import { findIntegration } from './by-name';
import type { Deployment } from '../schema/deployment';
import { healingPathOf } from '../schema/engine-declaration';
import { askersOf, isServiceApp, type ServiceAppCredential } from '../schema/credential-declaration';

/*
 * Grants of Service Apps that "recover" replaces if they are lost. It needs their client secrets for that, which the engine
 * never returns. So Vault keeps them a second time, in a mount of their own.
 */

export function healingCredentials({ credentials }: Pick<Deployment, 'credentials'>): ServiceAppCredential[] {
  return credentials.filter(isServiceApp).filter(({ serviceApp }) => serviceApp.autoRecover);
}

/**
 * Order of recovery: each lost grant follows the one whose token requests it.
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

/** Names in the engine of the integrations whose client secrets are kept for healing. */
export function healingIntegrations(deployment: Deployment): string[] {
  const names = healingCredentials(deployment).map(
    ({ integration }) => findIntegration(deployment, integration).vaultName,
  );
  return [...new Set(names)];
}

/** Path of an integration's client secret for healing. @param integration its name in the engine */
export function keptSecretPath({ engine }: Pick<Deployment, 'engine'>, integration: string): string {
  return `${healingPathOf(engine.mountPath)}/${integration}`;
}
