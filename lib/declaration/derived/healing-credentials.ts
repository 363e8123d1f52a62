import { findIntegration } from './by-name';
import type { Deployment } from '../schema/deployment';
import { healingPathOf } from '../schema/engine-declaration';
import { askersOf, isServiceApp, type ServiceAppCredential } from '../schema/credential-declaration';

/*
 * Grants of Service Apps that command "recover" replaces if they are lost. The command needs their client secrets, which the
 * engine never returns. So Vault keeps a second copy in another mount.
 */

export function healingCredentials({ credentials }: Pick<Deployment, 'credentials'>): ServiceAppCredential[] {
  return credentials.filter(isServiceApp).filter(({ serviceApp }) => serviceApp.autoRecover);
}

/**
 * Order of recovery. Each lost grant comes after the grant whose token requests it.
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

/** Path of an integration's client secret for healing. @param integration name in the engine */
export function keptSecretPath({ engine }: Pick<Deployment, 'engine'>, integration: string): string {
  return `${healingPathOf(engine.mountPath)}/${integration}`;
}
