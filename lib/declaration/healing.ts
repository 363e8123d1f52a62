import { findIntegration, type Deployment } from './deployment';
import { healingPathOf, healingSecretPath } from './healing-path';
import { isServiceApp, type ServiceAppCredential } from './service-app';
import { vaultName } from './vault-name';

/*
 * Grants of Service Apps that "status --heal" gets again by itself, where they are lost. For that it needs their client
 * secrets, which the engine never gives back: so they are in Vault a second time, in a mount of their own.
 */

/** The credentials that heal. */
export function healingCredentials({ credentials }: Pick<Deployment, 'credentials'>): ServiceAppCredential[] {
  return credentials.filter(isServiceApp).filter(({ heals }) => heals);
}

/** Names in the engine of the integrations that those need the client secret of. */
export function healingIntegrations(deployment: Deployment): string[] {
  const names = healingCredentials(deployment).map(({ integration }) =>
    vaultName(findIntegration(deployment, integration)),
  );
  return [...new Set(names)];
}

/** Where the client secret of an integration is kept for healing. @param integration its name in the engine */
export function keptSecretPath({ engine }: Pick<Deployment, 'engine'>, integration: string): string {
  return healingSecretPath(healingPathOf(engine.mountPath), integration);
}
