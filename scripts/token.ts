import type { Command } from 'commander';
import { UsageError, vaultServerFromEnvironment } from '#core';
import { openInBrowser } from '../lib/cli/consent/browser';
import { describeCommand } from '../lib/cli/command';
import { LOGIN_ENVIRONMENT } from '../lib/cli/help-environment';
import { durationOption } from '../lib/cli/options/option-values';
import {
  declaredDeployment,
  OPERATOR_LIST,
  operatorArgument,
  operatorFolder,
  operatorsOption,
} from '../lib/cli/operated-command';
import type { Deployment } from '../lib/declaration/schema/deployment';
import { OperatorSession } from '../lib/operators/operator-session';
import { operatorNamespace, type OperatorName } from '../lib/operators/operators';
import { logInByOidc } from '../lib/operators/oidc-login';
import { VaultClient } from '../lib/vault/vault-client';

interface Options {
  readonly oidc?: boolean;
  readonly open: boolean;
  /** In seconds. */
  readonly timeout: number;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Logs an operator in, and prints the Vault token.',
    details: [
      'The token is stored nowhere, and is valid until it expires. To run one command as an operator, use "exec".',
      OPERATOR_LIST,
    ],
    examples: {
      'webex-token-vault token issuer': 'Print a token of operator issuer',
      'export VAULT_TOKEN="$(webex-token-vault token authorizer --oidc)"':
        'Log a person in with the browser; later commands use the token',
    },
    environment: LOGIN_ENVIRONMENT,
  })
    .addArgument(operatorArgument())
    .addOption(operatorsOption('<operator>'))
    .option('--oidc', 'Log a person in with the browser, at the identity provider of operators.oidc')
    .option('--no-open', 'With --oidc: do not open the browser')
    // Vault waits 10 minutes for an identity provider.
    .addOption(
      durationOption('--timeout <duration>', 'With --oidc: longest wait for the login', '5m', { atMost: '10m' }),
    )
    .action(async (name: OperatorName, options: Options) => {
      const { deployment } = await declaredDeployment(command);
      if (!options.oidc && (!options.open || command.getOptionValueSource('timeout') === 'cli')) {
        throw new UsageError('--no-open and --timeout need --oidc; add --oidc, or leave them out');
      }
      const { token, expireTime } = options.oidc
        ? await byOidc(deployment, name, options, signal)
        : await OperatorSession.logIn(vaultServerFromEnvironment(deployment.vault), name, {
            operators: operatorFolder(command),
            signal,
          });
      const server = new VaultClient({ ...vaultServerFromEnvironment(deployment.vault), token: undefined });
      const program = await server.programName();
      process.stdout.write(`${token}\n`);
      const until = expireTime === undefined ? 'never expires' : `expires at ${expireTime.toISOString()}`;
      process.stderr.write(
        `this token ${until}; to revoke it earlier, set VAULT_TOKEN to it and run: ${program} token revoke -self\n`,
      );
    });
}

function byOidc(deployment: Deployment, operator: OperatorName, { open, timeout }: Options, signal: AbortSignal) {
  const connection = vaultServerFromEnvironment(deployment.vault);
  const namespace = operatorNamespace(operator, connection.namespace);
  return logInByOidc({
    vault: new VaultClient({ ...connection, token: undefined, namespace }),
    deployment,
    operator,
    timeoutSeconds: timeout,
    signal,
    onUrl: (url, over) => {
      process.stderr.write(`Log in on this page:\n\n  ${url}\n\n`);
      if (open) {
        openInBrowser(url, over, () => {
          process.stderr.write('The browser could not be started; open the page yourself.\n');
        });
      }
    },
  });
}
