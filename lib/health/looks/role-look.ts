import { commandLine } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import { OPERATORS_MOUNT } from '../../declaration/schema/app-declaration';
import { rolePath } from '../../declaration/derived/app-login';
import type { App, Deployment } from '../../declaration/schema/deployment';
import { loginOf } from '../../declaration/derived/logins';
import type { VaultClient } from '../../vault/vault-client';
import { lookAtIdentity } from './identity-look';
import type { SecretIdLine } from '../report';
import { lookAtSecretIds } from './secret-id-look';

/*
 * Who logs in: apps and operators with a secret id, and which command makes another one, and apps with an identity of
 * their own.
 */

/** As the observer. @throws VaultUnreachableError */
export async function lookAtApp(
  vault: VaultClient,
  deployment: Deployment,
  app: App,
  now: Date,
): Promise<SecretIdLine> {
  const { name } = app;
  const login = loginOf(deployment, app);
  const path = rolePath(login, app);
  if (login.type !== 'approle') {
    return (await lookAtIdentity(vault, name, login, path)) ?? absentRole(name);
  }
  const renewal = commandLine('issue', name);
  return (await lookAtSecretIds({ vault, name, rolePath: path, renewal, now })) ?? absentRole(name);
}

/** The same. @returns undefined where there is no such role, as in a server of somebody else */
export function lookAtOperator(vault: VaultClient, name: string, now: Date): Promise<SecretIdLine | undefined> {
  const rolePath = `auth/${OPERATORS_MOUNT}/role/${name}`;
  const renewal = commandLine('operators update', '--rotate');
  return lookAtSecretIds({ vault, name, rolePath, renewal, now });
}

function absentRole(name: string): SecretIdLine {
  return {
    name,
    state: 'none',
    severity: 'broken',
    detail: 'Vault has no role of it',
    next: deployCommand(),
    notes: [],
  };
}
