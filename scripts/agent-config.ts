import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import {
  errorCode,
  ExplainedError,
  ourCommand,
  shellWord,
  UsageError,
  vaultOptionsFromEnvironment,
  vaultVariable,
} from '#core';
import {
  AGENT_CONFIGURATION_HEADER,
  agentConfiguration,
  tokenFile,
  tokenVariable,
  type IdentityFiles,
} from '../lib/apps/agent-configuration';
import { serverVariables } from '../lib/apps/app-environment';
import { describeCommand, VAULT_ENVIRONMENT } from '../lib/cli/command';
import { durationOption } from '../lib/cli/duration';
import { declaredDeployment } from '../lib/cli/deployment-option';
import type { AppLogin } from '../lib/declaration/derived/app-login';
import { findApp } from '../lib/declaration/derived/by-name';
import type { App } from '../lib/declaration/schema/deployment';
import { declaringFile } from '../lib/declaration/deployment-file';
import { loginOf } from '../lib/declaration/derived/logins';
import { createPrivateFolder, writePrivateFile } from '../lib/files/private-file';
import { PROGRAMS, type ServerHealth } from '../lib/vault/vault-client';

/*
 * Writes the configuration of an agent, by which a program in any language gets its access tokens.
 */

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
      'Writes a configuration for "bao agent" or "vault agent", which logs in as the app and keeps its access tokens in files or in the environment of a program. It asks nothing of Vault and writes no secret.',
    environment: {
      ...Object.fromEntries(Object.entries(VAULT_ENVIRONMENT).filter(([name]) => name !== 'VAULT_TOKEN')),
      VAULT_JWT_FILE:
        'of an app that logs in by a token: its file; default: jwt in the folder, in a pod what every pod has',
      VAULT_CLIENT_CERT: 'of an app that logs in by a certificate: its PEM file; default: client.pem in the folder',
      VAULT_CLIENT_KEY: 'and that of its key; default: client-key.pem there',
    },
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
      '--wrapped-secret-id',
      'the file secret-id holds a wrapping token, for one start of the agent; without it, the secret id itself, which stays for the next start',
    )
    .addOption(durationOption('--render-interval <duration>', 'how soon a new token arrives', '5m'))
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
      const { type } = loginOf(deployment, app);
      if (type !== 'approle' && options.wrappedSecretId) {
        throw new UsageError(
          `app "${app.name}" logs in by ${type}, with what it has already, so it has no secret id; leave --wrapped-secret-id out`,
        );
      }
      const connection = vaultOptionsFromEnvironment(deployment.vault);
      const identityFiles = {
        jwt: absolute('JWT_FILE'),
        clientCertificate: absolute('CLIENT_CERT'),
        clientKey: absolute('CLIENT_KEY'),
      };
      const folder = resolve(options.out);
      const configuration = agentConfiguration(deployment, app, {
        folder,
        address: connection.address,
        namespace: connection.namespace,
        caFile: serverVariables(connection).VAULT_CACERT,
        identityFiles,
        secretId: options.wrappedSecretId ? 'wrapped' : 'plain',
        renderIntervalSeconds: options.renderInterval,
        command: options.exec,
      });
      signal.throwIfAborted();
      const file = await write(folder, configuration);
      process.stdout.write(`${file}\n`);
      process.stderr.write(
        nextSteps(app, options, {
          login: loginOf(deployment, app),
          identityFiles,
          folder,
          file,
          namespace: connection.namespace,
          product: deployment.vault.server?.product,
        }),
      );
    });
}

async function write(folder: string, configuration: string): Promise<string> {
  const file = join(folder, 'agent.hcl');
  if (existsSync(file) && !readFileSync(file, 'utf8').startsWith(AGENT_CONFIGURATION_HEADER)) {
    throw new ExplainedError(`${file} exists and was not written by this command; move it away, or use another --out`);
  }
  // The secret id and the tokens will be in it.
  await createPrivateFolder(folder);
  try {
    await writePrivateFile(file, configuration);
  } catch (error) {
    throw new ExplainedError(`${file} cannot be written (${errorCode(error)}); use another --out`);
  }
  return file;
}

function absolute(variable: string): string | undefined {
  const file = vaultVariable(variable);
  return file === undefined ? undefined : resolve(file);
}

interface Written {
  readonly login: AppLogin;
  readonly identityFiles: IdentityFiles;
  readonly folder: string;
  /** In it. */
  readonly file: string;
  readonly namespace?: string;
  /** @default - the server is another's, and may be either product */
  readonly product?: ServerHealth['product'];
}

/** What the agent of an app with an identity of its own has to find. */
function needed(login: AppLogin, folder: string, { jwt, clientCertificate, clientKey }: IdentityFiles): string {
  switch (login.type) {
    case 'cert':
      return `its certificate in ${clientCertificate ?? join(folder, 'client.pem')} and the key in ${clientKey ?? join(folder, 'client-key.pem')}`;
    case 'kubernetes':
      return `its token, for audience "${login.audience}", in ${jwt ?? (login.cluster === undefined ? 'a file of a projected volume, which VAULT_JWT_FILE has to name here' : 'the file that every pod has')}`;
    case 'jwt':
      return `its token, for audience "${login.audience}", in ${jwt ?? join(folder, 'jwt')}`;
    case 'approle':
      return 'its role id and its secret id';
  }
}

function nextSteps(app: App, options: Options, written: Written): string {
  const { folder, file, namespace, product, login, identityFiles } = written;
  const products = app.reads.map((name) =>
    options.format === 'env' ? `$${tokenVariable(name)}` : tokenFile(folder, name),
  );
  const [roleIdFile, secretIdFile] = ['role-id', 'secret-id'].map((name) => shellWord(join(folder, name)));
  const to = options.wrappedSecretId ? [] : ['--to', join(folder, 'secret-id')];
  const issue = ourCommand('issue', app.name, ...to, '--json');
  const field = (name: string): string => `node -pe 'JSON.parse(fs.readFileSync(0)).${name}' <<< "$issued"`;
  const withoutNamespace = namespace === undefined ? '' : 'env -u VAULT_NAMESPACE -u BAO_NAMESPACE ';
  const wrappingToken = options.wrappedSecretId ? ` && ${field('wrappingToken')} > ${secretIdFile}` : '';
  const uses =
    app.secretIdUses === 0
      ? []
      : [
          `Its secret id is good for ${app.secretIdUses} logins (secretIdUses in ${declaringFile()}), and the agent logs in again every ${app.tokenMaxTtlSeconds} seconds.`,
        ];
  const other = product === undefined ? '    # or: vault agent -config=...' : '';
  // Its own 60 s may be too short for a read in which the engine refreshes a token. The namespace is in the paths.
  const start = `  ${withoutNamespace}VAULT_CLIENT_TIMEOUT=100s ${PROGRAMS[product ?? 'openbao']} agent -config=${shellWord(file)}${other}`;
  const result = `The access token will be in ${products.join(', ')}.`;
  if (login.type !== 'approle') {
    return ['', `The agent needs ${needed(login, folder, identityFiles)}. Then start it:`, start, result, ''].join(
      '\n',
    );
  }
  return [
    '',
    'Give the agent its role id and its secret id, then start it:',
    `  (umask 077; issued=$(${issue}) && ${field('roleId')} > ${roleIdFile}${wrappingToken})`,
    start,
    result,
    ...uses,
    ...(options.wrappedSecretId ? ['The agent cannot be started again with it: issue another then.'] : end(app)),
    '',
  ].join('\n');
}

function end({ name, secretIdTtlSeconds }: App): string[] {
  return secretIdTtlSeconds === 0
    ? []
    : [`An agent cannot renew its secret id: replace it before the day that "${ourCommand('issue', name)}" tells.`];
}
