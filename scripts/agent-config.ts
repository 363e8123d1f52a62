import { type Command, Option } from 'commander';
import { resolve } from 'node:path';
import { UsageError, vaultOptionsFromEnvironment, vaultVariable } from '#core';
import type { AgentConfigurationProps } from '../lib/apps/agent-configuration';
import { serverVariables } from '../lib/apps/identity-variables';
import { agentSteps, writeAgentConfiguration } from '../lib/cli/apps/prepared-agent';
import { describeCommand } from '../lib/cli/command';
import { TOKENLESS_ENVIRONMENT } from '../lib/cli/help-environment';
import { declaredDeployment } from '../lib/cli/operated-command';
import { durationOption } from '../lib/cli/options/option-values';
import { findApp } from '../lib/declaration/derived/by-name';
import { loginOf } from '../lib/declaration/derived/logins';

interface Options {
  readonly out: string;
  readonly format: 'file' | 'env';
  readonly exec?: string;
  readonly wrappedSecretId?: true;
  /** In seconds. */
  readonly renderInterval: number;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault agent-config people-me': 'Keep the access tokens in files',
      'webex-token-vault agent-config people-me --format env --exec ./report.sh':
        'Run a program with the tokens in its environment',
    },
    summary:
      'Writes a configuration for "bao agent" or "vault agent", which keeps the access tokens of an app in files or in an environment.',
    details: ['The agent logs in as the app. This command sends no request to Vault, and writes no secret.'],
    environment: {
      ...TOKENLESS_ENVIRONMENT,
      VAULT_JWT_FILE:
        'File of the token, for an app that logs in by a token (default: jwt in the folder, or the token file of a pod)',
      VAULT_CLIENT_CERT:
        'PEM file of the certificate, for an app that logs in by a certificate (default: client.pem in the folder)',
      VAULT_CLIENT_KEY: 'PEM file of the private key (default: client-key.pem in the folder)',
    },
  })
    .argument('<app>', 'Name of a declared app')
    .option('--out <folder>', 'Folder for the configuration and the files of the agent', 'agent')
    .addOption(
      new Option(
        '--format <format>',
        'Form of the tokens: private files <credential>.token, or variables WEBEX_TOKEN_<CREDENTIAL> of a program',
      )
        .choices(['file', 'env'])
        .default('file'),
    )
    .option('--exec <command>', 'With --format env: program that the agent starts, and restarts when a token changes')
    .option(
      '--wrapped-secret-id',
      'Expect a wrapping token in the file secret-id, for one start of the agent (default: a secret id, for every start)',
    )
    .addOption(durationOption('--render-interval <duration>', 'Longest time until the agent has a new token', '5m'))
    .action(async (appName: string, options: Options) => {
      refuseWithoutProgram(options);
      const { deployment } = await declaredDeployment(command);
      const app = findApp(deployment, appName);
      const { type } = loginOf(deployment, app);
      if (type !== 'approle' && options.wrappedSecretId) {
        throw new UsageError(
          `app "${app.name}" logs in by ${type}, so it has no secret id; leave out --wrapped-secret-id`,
        );
      }
      const connection = vaultOptionsFromEnvironment(deployment.vault);
      const props: AgentConfigurationProps = {
        folder: resolve(options.out),
        address: connection.address,
        namespace: connection.namespace,
        caFile: serverVariables(connection).VAULT_CACERT,
        identityFiles: {
          jwt: absolute('JWT_FILE'),
          clientCertificate: absolute('CLIENT_CERT'),
          clientKey: absolute('CLIENT_KEY'),
        },
        secretId: options.wrappedSecretId ? 'wrapped' : 'plain',
        renderIntervalSeconds: options.renderInterval,
        command: options.exec,
      };
      signal.throwIfAborted();
      const file = await writeAgentConfiguration(deployment, app, props);
      process.stdout.write(`${file}\n`);
      process.stderr.write(agentSteps(deployment, app, props, file));
    });
}

/** @throws UsageError if one of the two options stands alone */
function refuseWithoutProgram({ format, exec }: Options): void {
  if ((format === 'env') !== (exec !== undefined)) {
    throw new UsageError(
      exec === undefined
        ? '--format env needs a program that gets the environment; add --exec "<command>"'
        : '--exec has no effect with --format file; add --format env, or leave out --exec',
    );
  }
}

function absolute(variable: string): string | undefined {
  const file = vaultVariable(variable);
  return file === undefined ? undefined : resolve(file);
}
