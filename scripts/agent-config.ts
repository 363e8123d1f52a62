import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import {
  errorCode,
  ExplainedError,
  UsageError,
  vaultOptionsFromEnvironment,
  vaultVariable,
} from 'webex-token-client/core';
import {
  AGENT_CONFIGURATION_HEADER,
  agentConfiguration,
  tokenFile,
  tokenVariable,
} from '../lib/access/agent-configuration';
import { describeCommand, VAULT_ENVIRONMENT, wholeNumber } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/deployment-option';
import { findApp, type App } from '../lib/declaration/deployment';

/*
 * Writes the configuration of an agent, by which a program in any language gets its access tokens.
 */

interface Options {
  readonly out: string;
  readonly format: 'file' | 'env';
  readonly exec?: string;
  readonly plainSecretId?: true;
  readonly renderIntervalSeconds: number;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Writes a configuration for "bao agent" or "vault agent", which logs in as the app and keeps its access tokens in files or in the environment of a program. It asks nothing of Vault and writes no secret.',
    environment: Object.fromEntries(Object.entries(VAULT_ENVIRONMENT).filter(([name]) => name !== 'VAULT_TOKEN')),
  })
    .argument('<app>', 'name of the app in deployment.ts')
    .option('--out <folder>', 'where the configuration goes, and where the agent keeps its files', 'agent')
    .addOption(
      new Option(
        '--format <format>',
        'file: each token in <credential>.token, mode 0600; env: each in WEBEX_TOKEN_<CREDENTIAL> of the program',
      )
        .choices(['file', 'env'])
        .default('file'),
    )
    .option('--exec <command>', 'with --format env: the program, started again whenever a token changes')
    .option(
      '--plain-secret-id',
      'the file secret-id holds the secret id itself and stays, so that the agent can be restarted; without it, the file holds a wrapping token for one start',
    )
    .option('--render-interval-seconds <seconds>', 'how soon a new token arrives', wholeNumber, 300)
    .action(async (appName: string, options: Options) => {
      if ((options.format === 'env') !== (options.exec !== undefined)) {
        throw new UsageError(
          options.exec === undefined
            ? '--format env needs the program that gets the environment; add --exec "<command>"'
            : '--exec has no effect with --format file, whose tokens any program can read; add --format env or leave it out',
        );
      }
      const { deployment } = await declaredDeployment(command);
      const app = findApp(deployment, appName);
      const { address, namespace } = vaultOptionsFromEnvironment(deployment.vault);
      const caFile = vaultVariable('CACERT');
      const folder = resolve(options.out);
      const configuration = agentConfiguration(deployment, app, {
        folder,
        address,
        namespace,
        caFile: caFile === undefined ? undefined : resolve(caFile),
        secretId: options.plainSecretId ? 'plain' : 'wrapped',
        renderIntervalSeconds: options.renderIntervalSeconds,
        command: options.exec,
      });
      signal.throwIfAborted();
      const file = write(folder, configuration);
      process.stdout.write(`${file}\n`);
      const server = `VAULT_ADDR=${address}${namespace === undefined ? '' : ` VAULT_NAMESPACE=${namespace}`}`;
      process.stderr.write(nextSteps(app, folder, file, server, options));
    });
}

function write(folder: string, configuration: string): string {
  const file = join(folder, 'agent.hcl');
  if (existsSync(file) && !readFileSync(file, 'utf8').startsWith(AGENT_CONFIGURATION_HEADER)) {
    throw new ExplainedError(`${file} exists and was not written by this command; move it away, or use another --out`);
  }
  try {
    if (!existsSync(folder)) {
      // The tokens will be in it: for nobody else, and not for git.
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, '.gitignore'), '*\n');
    }
    writeFileSync(file, configuration);
  } catch (error) {
    throw new ExplainedError(`${file} cannot be written (${errorCode(error)}); use another --out`);
  }
  return file;
}

function nextSteps(app: App, folder: string, file: string, server: string, options: Options): string {
  const products = app.reads.map((name) =>
    options.format === 'env' ? `$${tokenVariable(name)}` : tokenFile(folder, name),
  );
  const field = (name: string): string => `node -pe 'JSON.parse(fs.readFileSync(0)).${name}' <<< "$issued"`;
  const secretId = options.plainSecretId
    ? `VAULT_TOKEN=$(${field('wrappingToken')}) ${server} bao unwrap -field=secret_id`
    : field('wrappingToken');
  const uses =
    app.secretIdUses === 0
      ? []
      : [
          `Its secret id is good for ${app.secretIdUses} logins (secretIdUses in deployment.ts), and the agent logs in again every ${app.tokenMaxTtlSeconds} seconds.`,
        ];
  return [
    '',
    'Give the agent its role id and its secret id, then start it:',
    '  umask 077',
    `  issued=$(npx webex-token-vault issue ${app.name} --json)`,
    `  ${field('roleId')} > ${quoted(join(folder, 'role-id'))}`,
    `  ${secretId} > ${quoted(join(folder, 'secret-id'))}`,
    // Its own 60 s may be too short for a read in which the engine refreshes a token.
    `  VAULT_CLIENT_TIMEOUT=100s bao agent -config=${quoted(file)}    # or: vault agent -config=...`,
    `The access token will be in ${products.join(', ')}.`,
    ...uses,
    ...end(app),
    '',
  ].join('\n');
}

function end({ name, secretIdTtlSeconds }: App): string[] {
  return secretIdTtlSeconds === 0
    ? []
    : [
        `An agent cannot renew its secret id: replace it before the day that "npx webex-token-vault issue ${name}" tells.`,
      ];
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
