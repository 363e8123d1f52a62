import { deployCommand } from '../../declaration/deploy-command';
import type { Deployment } from '../../declaration/schema/deployment';
import { observerRules } from '../../declaration/policies/observer-policy';
import { missingRights } from '../../vault/missing-rights';
import { requireObserver } from '../looks/look';
import { type ObserverLogin, observerStep, tokenName } from '../looks/observer-login';
import { Problem } from './examination';

/**
 * @returns whether the token may do everything
 * @throws NotDeployed, NotPermitted if the token may read nothing, Problem if it may not read everything that it should
 */
export async function checkObserver(
  login: ObserverLogin,
  deployment: Deployment,
): Promise<{ readonly isRoot: boolean }> {
  const { vault: observer, isLoggedIn } = login;
  await requireObserver(login, deployment);
  const missing = (await missingRights(observer, observerRules(deployment))) ?? [];
  const [first] = missing;
  if (first !== undefined) {
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
    const given = isLoggedIn ? '' : `if it is not the observer's token, ${observerStep(login)}; otherwise: `;
    throw new Problem(
      `${tokenName(login)} lacks rights of the observer: ${first}${more}`,
      `${given}${deployCommand()}, which writes the observer's policy`,
    );
  }
  return { isRoot: (await observer.capabilities('sys/policies/acl/root')).includes('root') };
}
