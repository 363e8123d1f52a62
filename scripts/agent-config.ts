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
      'webex-token-vault agent-config people-me': 'keep the access tokens in files',
      'webex-token-vault agent-config people-me --format env --exec ./report.sh':
        'run a program with them in its environment',
    },
    summary:
      'Writes a configuration for "bao agent" or "vault agent". The agent logs in as the app and keeps its access tokens in files or in the environment of a program. Vault is not asked, and no secret is written.',
    environment: {
      ...TOKENLESS_ENVIRONMENT,
      VAULT_JWT_FILE:
        'file of the token, for an app that logs in by a token; default: jwt in the folder, or the file that every pod has',
      VAULT_CLIENT_CERT:
        'PEM file of the certificate, for an app that logs in by one; default: client.pem in the folder',
      VAULT_CLIENT_KEY: 'PEM file of its key; default: client-key.pem in the folder',
    },
  })
    .argument('<app>', 'name of the app in deployment.ts')
    .option('--out <folder>', 'folder for the configuration and the files of the agent', 'agent')
    .addOption(
      new Option(
        '--format <format>',
        'form of the tokens: private files <credential>.token, or variables WEBEX_TOKEN_<CREDENTIAL> of a program',
      )
        .choices(['file', 'env'])
        .default('file'),
    )
    .option('--exec <command>', 'with --format env: program that the agent starts, and restarts when a token changes')
    .option(
      '--wrapped-secret-id',
      'take a wrapping token in the file secret-id, for one start of the agent (default: a secret id, for every start)',
    )
    .addOption(durationOption('--render-interval <duration>', 'time until the agent has a new token', '5m'))
    .action(async (appName: string, options: Options) => {
      refuseWithoutProgram(options);
      const { deployment } = await declaredDeployment(command);
      const app = findApp(deployment, appName);
      const { type } = loginOf(deployment, app);
      if (type !== 'approle' && options.wrappedSecretId) {
        throw new UsageError(
          `app "${app.name}" logs in by ${type}, with what it has already, so it has no secret id; leave --wrapped-secret-id out`,
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
        ? '--format env needs the program that gets the environment; add --exec "<command>"'
        : '--exec has no effect with --format file, whose tokens any program can read; add --format env or leave it out',
    );
  }
}

function absolute(variable: string): string | undefined {
  const file = vaultVariable(variable);
  return file === undefined ? undefined : resolve(file);
}
