import type { Deployment } from '../lib/declaration/schema/deployment';
import { loginOperator, renewOperator, writeOperators, type OperatorName } from '../lib/operators/operators';
import type { VaultClient } from '../lib/vault/vault-client';

/**
 * Logs in as an operator of the deployment, by the role that `webex-token-vault init` makes on a production server.
 *
 * @param admin with a root token, in the namespace of the deployment
 */
export async function operatorToken(admin: VaultClient, deployment: Deployment, name: OperatorName): Promise<string> {
  await writeOperators(admin, deployment);
  return renewOperator(admin, name, async (login) => (await loginOperator(admin, login)).token);
}
