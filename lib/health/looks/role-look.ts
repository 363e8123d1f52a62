import { commandLine } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import { OPERATORS_MOUNT } from '../../declaration/schema/app-declaration';
import type { App, Deployment } from '../../declaration/schema/deployment';
import { loginOf, rolePath } from '../../declaration/derived/logins';
import type { VaultClient } from '../../vault/vault-client';
import { lookAtIdentity } from './identity-look';
import type { Observations } from './observations';
import { lineOf, type SecretIdLine } from '../report';
import { lookAtSecretIds } from './secret-id-look';

/*
 * Logins of apps and operators. An operator logs in by a secret id. An app logs in by a secret id or by an identity of
 * its own.
 */

export interface RoleLookOptions {
  readonly vault: VaultClient;
  readonly deployment: Deployment;
  readonly observations: Observations;
  readonly now: Date;
}

/** A look as the observer. @throws VaultUnreachableError */
export async function lookAtApp({ deployment, ...look }: RoleLookOptions, app: App): Promise<SecretIdLine> {
  const { name } = app;
  const login = loginOf(deployment, app);
  const path = rolePath(deployment, app);
  const line =
    login.type === 'approle'
      ? await lookAtSecretIds({ ...look, name, rolePath: path, renewal: commandLine('issue', name) })
      : await lookAtIdentity(look.vault, name, login, path);
  return line ?? lineOf(name, 'none', 'broken', 'Vault has no role of it', deployCommand());
}

/** Path in Vault of the role that `init` writes for an operator. */
export function operatorRolePath(name: string): string {
  return `auth/${OPERATORS_MOUNT}/role/${name}`;
}
