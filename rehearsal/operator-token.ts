import { OPERATORS_MOUNT } from '../lib/declaration/schema/app-declaration';
import type { Deployment } from '../lib/declaration/schema/deployment';
import { loginOperator, renewOperator, writeOperators, type OperatorName } from '../lib/operators/operators';
import type { VaultClient } from '../lib/vault/vault-client';

/**
 * Logs in as an operator of the deployment, by the role that `webex-token-vault init` writes on a production server.
 *
 * @param admin with a root token, in the namespace of the deployment
 */
export async function operatorToken(admin: VaultClient, deployment: Deployment, name: OperatorName): Promise<string> {
  await writeOperators(admin, deployment);
  return renewOperator(admin, name, async (login) => (await loginOperator(admin, login)).token);
}

/** Logs in for a day. The usual 20 minutes can pass while a busy machine runs one test file. */
export async function lastingOperatorToken(
  admin: VaultClient,
  deployment: Deployment,
  name: OperatorName,
): Promise<string> {
  await writeOperators(admin, deployment);
  await admin.write(`auth/${OPERATORS_MOUNT}/role/${name}`, { token_ttl: '24h', token_max_ttl: '24h' });
  const token = await renewOperator(admin, name, async (login) => (await loginOperator(admin, login)).token);
  await writeOperators(admin, deployment);
  return token;
}
