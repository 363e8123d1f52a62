import { describeError, ExplainedError } from 'webex-token-client/core';
import type { Deployment } from '../../lib/declaration/deployment';
import { authorizerPolicyName } from '../../lib/declaration/policies';
import type { VaultClient } from '../../lib/vault/vault-client';

/**
 * A web app is easier to break into than a terminal, so it does not run with more than it needs.
 *
 * @param notice is told where it cannot be seen yet; the pages will say why
 * @throws ExplainedError where the token may do what neither an authorizer nor a reader may
 */
export async function refuseExcessiveRights(
  vault: VaultClient,
  deployment: Deployment,
  notice: (line: string) => void,
): Promise<void> {
  const { mountPath } = deployment.engine;
  const forbidden = [`${mountPath}/config`, `sys/policies/acl/${authorizerPolicyName(mountPath)}`];
  for (const path of forbidden) {
    const capabilities = await vault.capabilities(path).catch((error: unknown) => {
      notice(`the rights of the Vault token cannot be seen: ${describeError(error)}`);
      return ['deny'];
    });
    if (!capabilities.includes('deny')) {
      const policy = authorizerPolicyName(mountPath);
      throw new ExplainedError(
        `this Vault token may do more than authorise: it has "${capabilities.join('", "')}" on ${path}; give the app one that has policy "${policy}" only: bao token create -policy=${policy} -no-default-policy`,
      );
    }
  }
}
