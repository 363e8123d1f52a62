import type { Command } from 'commander';
import { vaultOptionsFromEnvironment } from 'webex-token-client/core';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { operatorArgument, operatorFolder, operatorNamed, operatorsOption } from '../lib/cli/operators-option';
import { OPERATOR_ENVIRONMENT, OperatorSession } from '../lib/server/operator-session';
import { explainRefusals } from '../lib/server/server-refusal';

/*
 * Prints a short-lived Vault token of an operator, for those who need it printed.
 */

const environment = {
  ...Object.fromEntries(Object.entries(VAULT_ENVIRONMENT).filter(([name]) => name !== 'VAULT_TOKEN')),
  ...OPERATOR_ENVIRONMENT,
  VAULT_ROLE_ID: 'role id of the operator, where no folder has its login',
};

const HELP = `
The token lives on after this. To run a command with it that is not to keep it:
  npx webex-token-vault as provisioner -- terraform -chdir=cdktf.out/stacks/webex-tokens state list
`;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Logs an operator in and prints the Vault token, which nobody revokes then. To run a command with one, use "as" instead.',
    environment,
  })
    .addArgument(operatorArgument())
    .addOption(operatorsOption('<operator>'))
    .addHelpText('after', HELP)
    .action(async (operator: string) => {
      const name = operatorNamed(operator);
      const { vault } = (await declaredDeployment(command)).deployment;
      const operators = operatorFolder(command);
      const { token, expireTime } = await explainRefusals(() =>
        OperatorSession.logIn(vaultOptionsFromEnvironment(vault), name, { operators, signal }),
      );
      process.stdout.write(`${token}\n`);
      const until = expireTime === undefined ? 'has no end' : `lives until ${expireTime.toISOString()}`;
      process.stderr.write(`this token ${until}; to end it before, with it in VAULT_TOKEN: bao token revoke -self\n`);
    });
}
