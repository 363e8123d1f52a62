import { deployCommand } from '../../declaration/deploy-command';
import type { Deployment } from '../../declaration/schema/deployment';
import { observerRules } from '../../declaration/policies/observer-policy';
import { missingRights } from '../../vault/missing-rights';
import type { VaultClient } from '../../vault/vault-client';
import { requireObserver } from '../looks/look';
import { Problem } from './examination';

/**
 * @returns whether the token may do everything
 * @throws NotDeployed, NotPermitted if the token may read nothing, Problem if it may not read everything that it should
 */
export async function checkObserver(
  observer: VaultClient,
  deployment: Deployment,
  { isTokenGiven, isLoggedIn }: { readonly isTokenGiven: boolean; readonly isLoggedIn?: boolean },
): Promise<{ readonly isRoot: boolean }> {
  await requireObserver(observer, deployment, isLoggedIn);
  const missing = (await missingRights(observer, observerRules(deployment))) ?? [];
  const [first] = missing;
  if (first !== undefined) {
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
    const given = isTokenGiven ? "unset VAULT_TOKEN if it is not the observer's; otherwise: " : '';
    throw new Problem(
      `this Vault token lacks rights of the observer: ${first}${more}`,
      `${given}${deployCommand()}, which writes the observer's policy`,
    );
  }
  return { isRoot: (await observer.capabilities('sys/policies/acl/root')).includes('root') };
}
