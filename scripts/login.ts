import type { Command } from 'commander';
import { ourCommand, UsageError, vaultServerFromEnvironment } from '#core';
import { openInBrowser } from '../lib/cli/browser';
import { describeCommand, VAULT_ENVIRONMENT, wholeNumberUpTo } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { operatorArgument, operatorFolder, operatorNamed, operatorsOption } from '../lib/cli/operators-option';
import type { Deployment } from '../lib/declaration/schema/deployment';
import { OPERATOR_ENVIRONMENT, OperatorSession } from '../lib/operators/operator-session';
import { operatorNamespace, type OperatorName } from '../lib/operators/operators';
import { logPersonIn, type PersonLogin } from '../lib/operators/people-login';
import { explainRefusals } from '../lib/operators/server-refusal';
import { VaultClient } from '../lib/vault/vault-client';

/*
 * Prints a short-lived Vault token of an operator, for those who need it printed.
 */

interface Options {
  readonly oidc?: boolean;
  readonly open: boolean;
  readonly timeoutSeconds: number;
}

/** What Vault waits for the answer of an identity provider. */
const LONGEST_LOGIN_SECONDS = 600;

const environment = {
  ...Object.fromEntries(Object.entries(VAULT_ENVIRONMENT).filter(([name]) => name !== 'VAULT_TOKEN')),
  ...OPERATOR_ENVIRONMENT,
  VAULT_ROLE_ID: 'role id of the operator, where no folder has its login',
};

const HELP = `
The token lives on after this. To run a command with it that is not to keep it:
  ${ourCommand('as', 'provisioner')} -- terraform -chdir=cdktf.out/stacks/webex-tokens state list

A person, where deployment.ts declares operators.oidc, logs in with the browser; then commands take the token by themselves:
  export VAULT_TOKEN="$(${ourCommand('login', 'authorizer', '--oidc')})"
  ${ourCommand('authorize', 'testauth')}
`;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Logs an operator in and prints the Vault token, which nobody revokes then. To run a command with one, use "as" instead.',
    environment,
  })
    .addArgument(operatorArgument())
    .addOption(operatorsOption('<operator>'))
    .option('--oidc', 'log a person in, by the identity provider of operators.oidc, in the browser')
    .option('--no-open', 'with it: do not open the browser')
    .option(
      '--timeout-seconds <n>',
      'with it: how long that may take',
      wholeNumberUpTo(LONGEST_LOGIN_SECONDS),
      LONGEST_LOGIN_SECONDS / 2,
    )
    .addHelpText('after', HELP)
    .action(async (operator: string, options: Options) => {
      const name = operatorNamed(operator);
      const { deployment } = await declaredDeployment(command);
      if (!options.oidc && (!options.open || command.getOptionValueSource('timeoutSeconds') === 'cli')) {
        throw new UsageError('--no-open and --timeout-seconds go with --oidc; give that too');
      }
      const { token, expireTime } = await explainRefusals<PersonLogin | OperatorSession>(() =>
        options.oidc
          ? byOidc(deployment, name, options, signal)
          : OperatorSession.logIn(vaultServerFromEnvironment(deployment.vault), name, {
              operators: operatorFolder(command),
              signal,
            }),
      );
      const server = new VaultClient({ ...vaultServerFromEnvironment(deployment.vault), token: undefined });
      const program = await server.programName();
      process.stdout.write(`${token}\n`);
      const until = expireTime === undefined ? 'has no end' : `lives until ${expireTime.toISOString()}`;
      process.stderr.write(
        `this token ${until}; to end it before, with it in VAULT_TOKEN: ${program} token revoke -self\n`,
      );
    });
}

function byOidc(
  deployment: Deployment,
  operator: OperatorName,
  { open, timeoutSeconds }: Options,
  signal: AbortSignal,
) {
  const connection = vaultServerFromEnvironment(deployment.vault);
  const namespace = operatorNamespace(operator, connection.namespace);
  return logPersonIn({
    vault: new VaultClient({ ...connection, token: undefined, namespace }),
    deployment,
    operator,
    timeoutSeconds,
    signal,
    onUrl: (url, over) => {
      process.stderr.write(`Log in on this page:\n\n  ${url}\n\n`);
      if (open) {
        openInBrowser(url, over, () => {
          process.stderr.write('The browser could not be started; open the page by hand.\n');
        });
      }
    },
  });
}
