import { OPERATORS_MOUNT } from '../declaration/app-declaration';
import type { App } from '../declaration/deployment';
import { vaultName } from '../declaration/vault-name';
import type { VaultClient } from '../vault/vault-client';
import type { SecretIdLine } from './report';
import { lookAtSecretIds } from './secret-id-look';

/*
 * Who logs in with a secret id, apps and operators, and which command makes another one.
 */

/** As the observer. @throws VaultUnreachableError */
export async function lookAtApp(vault: VaultClient, appRolePath: string, app: App, now: Date): Promise<SecretIdLine> {
  const { name } = app;
  const rolePath = `auth/${appRolePath}/role/${vaultName(app)}`;
  const renewal = `npx webex-token-vault issue ${name}`;
  return (await lookAtSecretIds({ vault, name, rolePath, renewal, now })) ?? absentRole(name);
}

/** The same. @returns undefined where there is no such role, as in a server of somebody else */
export function lookAtOperator(vault: VaultClient, name: string, now: Date): Promise<SecretIdLine | undefined> {
  const rolePath = `auth/${OPERATORS_MOUNT}/role/${name}`;
  const renewal = 'npx webex-token-vault init --update-policy --new-secret-ids';
  return lookAtSecretIds({ vault, name, rolePath, renewal, now });
}

function absentRole(name: string): SecretIdLine {
  return {
    name,
    state: 'none',
    severity: 'broken',
    detail: 'Vault has no role of it',
    next: 'npx webex-token-vault deploy webex-tokens',
    notes: [],
  };
}
