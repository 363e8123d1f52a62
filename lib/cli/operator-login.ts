import type { Command } from 'commander';
import { vaultOptionsFromEnvironment } from '#core';
import type { Deployment } from '../declaration/schema/deployment';
import { OperatorSession } from '../operators/operator-session';
import type { OperatorName } from '../operators/operators';
import { operatorFolder } from './options/operators-option';

/**
 * Opens the session of the operator that a command acts as, at the Vault of the environment or of the deployment.
 *
 * @param roleFromEnvironment whether `VAULT_ROLE_ID` may be the role of this operator
 * @throws as {@link OperatorSession.open}
 */
export function openSession(
  command: Command,
  deployment: Deployment,
  operator: OperatorName,
  signal: AbortSignal,
  roleFromEnvironment = false,
): Promise<OperatorSession> {
  const options = { operators: operatorFolder(command), roleFromEnvironment, signal };
  return OperatorSession.open(vaultOptionsFromEnvironment(deployment.vault), operator, options);
}
