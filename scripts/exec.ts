import type { Command } from 'commander';
import { runChildCommand, vaultOptionsFromEnvironment } from '#core';
import { describeCommand } from '../lib/cli/command';
import { LOGIN_ENVIRONMENT } from '../lib/cli/help-environment';
import {
  declaredDeployment,
  OPERATOR_LIST,
  operatorArgument,
  operatorFolder,
  operatorsOption,
} from '../lib/cli/operated-command';
import { vaultVariables } from '../lib/cli/stack/vault-variables';
import { OperatorSession } from '../lib/operators/operator-session';
import { operatorNamespace, type OperatorName } from '../lib/operators/operators';

/** With either prefix, these variables would lead the command to another server or to another login. */
const NOT_PASSED_ON = [
  'ADDR',
  'TOKEN',
  'CACERT',
  'NAMESPACE',
  'ROLE_ID',
  'SECRET_ID',
  'SECRET_ID_FILE',
  'WRAPPED_SECRET_ID',
];

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Logs an operator in, runs a command with the Vault token in VAULT_TOKEN, and revokes the token afterwards.',
    details: ['If the login fails, the command does not run.', OPERATOR_LIST],
    examples: {
      'webex-token-vault exec provisioner -- terraform -chdir=cdktf.out/stacks/webex-tokens state list':
        "List the resources in Terraform's state",
      'webex-token-vault exec authorizer -- bao read oauthapp/servers/webex-myapp': 'Read an integration',
    },
    environment: LOGIN_ENVIRONMENT,
    exitCodes: {
      0: 'Done; otherwise the exit code of the command',
      126: 'The command cannot be run',
      127: 'There is no such command',
    },
    cleanUpMs: Number.POSITIVE_INFINITY,
  })
    .addArgument(operatorArgument())
    .argument('<command>', 'Command to run, after "--"')
    .argument('[args...]', 'Arguments of the command')
    .usage('<operator> [options] -- <command> [args...]')
    .addOption(operatorsOption('<operator>'))
    .action(async (name: OperatorName, program: string, args: readonly string[]) => {
      const { vault } = (await declaredDeployment(command)).deployment;
      const connection = vaultOptionsFromEnvironment(vault);
      const operators = operatorFolder(command);
      await using session = await OperatorSession.logIn(connection, name, { operators, signal });
      process.exitCode = await runChildCommand(program, args, {
        ...Object.fromEntries(NOT_PASSED_ON.map((variable) => [`BAO_${variable}`, undefined])),
        ...Object.fromEntries(NOT_PASSED_ON.map((variable) => [`VAULT_${variable}`, undefined])),
        ...vaultVariables(
          { address: connection.address, namespace: operatorNamespace(name, connection.namespace) },
          session.token,
        ),
      });
    });
}
