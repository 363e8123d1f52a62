import type { Command } from 'commander';
import { ExplainedError, quotedList, UsageError, vaultOptionsFromEnvironment } from 'webex-token-client/core';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { operatorFolder, operatorsOption } from '../lib/cli/operators-option';
import { readOperatorLogin } from '../lib/server/operator-folder';
import {
  loginOperator,
  OPERATOR_NAMES,
  OPERATOR_PURPOSES,
  SERVER_OPERATORS,
  type OperatorName,
} from '../lib/server/operators';
import { explainRefusals } from '../lib/server/server-refusal';
import { VaultClient } from '../lib/vault/vault-client';

/*
 * Prints a short-lived Vault token of an operator, to be caught in a variable.
 */

const environment = Object.fromEntries(Object.entries(VAULT_ENVIRONMENT).filter(([name]) => name !== 'VAULT_TOKEN'));

export function define(command: Command): void {
  describeCommand(command, {
    summary:
      'Logs an operator in and prints the Vault token and nothing else: VAULT_TOKEN=$(npx webex-token-vault login provisioner) npm run deploy -- webex-tokens',
    environment,
  })
    .argument('<operator>', OPERATOR_NAMES.map((name) => `"${name}" ${OPERATOR_PURPOSES[name]}`).join('; '))
    .addOption(operatorsOption('<operator>'))
    .action(async (operator: string) => {
      const name = OPERATOR_NAMES.find((known): known is OperatorName => known === operator);
      if (name === undefined) {
        throw new UsageError(`unknown operator "${operator}"; there are ${quotedList(OPERATOR_NAMES)}`);
      }
      const operators = operatorFolder(command).path;
      const login = await readOperatorLogin(operators, name);
      if (login === undefined) {
        throw new ExplainedError(
          `no login of operator "${name}" in ${operators}; name the folder that has ${name}-role-id and ${name}-secret-id with --operators`,
        );
      }
      const { vault } = (await declaredDeployment(command)).deployment;
      const connection = vaultOptionsFromEnvironment(vault);
      const namespace = SERVER_OPERATORS.includes(name) ? undefined : connection.namespace;
      const client = new VaultClient({ ...connection, namespace });
      process.stdout.write(`${await explainRefusals(() => loginOperator(client, login))}\n`);
    });
}
