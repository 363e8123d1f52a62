import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import pLimit from 'p-limit';
import { ExplainedError, REHEARSAL_VARIABLE, shellWord } from '#core';
import { clientSecretVariable } from '../lib/declaration/derived/client-secret';
import type { App } from '../lib/declaration/schema/deployment';
import { loginOf } from '../lib/declaration/derived/logins';
import { keyShareFile } from '../lib/operators/key-shares';
import { OPERATORS_VARIABLE, writeOperatorLogin } from '../lib/operators/operator-folder';
import { operatorsOf, renewOperator, SERVER_OPERATORS, writeOperators } from '../lib/operators/operators';
import { PROGRAMS } from '../lib/vault/vault-client';
import { unrehearsed } from './identity/stand-ins';
import type { Rehearsal } from './rehearsal';
import { withDeclaredSites } from './rehearsed-deployment';
import { SITES } from './webex/meetings-metrics';
import { deploymentInFile } from './written-deployment';

/* A file to source, with which a person's shell acts as any app or operator of a rehearsal. The rehearsal deletes it. */

const PROJECT = resolve(__dirname, '..');
/** The client of the published rehearsal. A clone has it among its packages. */
const CLIENT = join(PROJECT, 'webex-token.js');
const APPS_AT_ONCE = 16;

/** @returns the file to source, in bash or zsh */
export async function writeShellEnvironment(rehearsal: Rehearsal, binary: string): Promise<string> {
  const apps = rehearsedApps(rehearsal);
  const [first] = apps;
  if (first === undefined) {
    throw new ExplainedError(
      'the deployment declares no app for the shell to act as; declare one, such as "people-me"',
    );
  }
  const { folder } = rehearsal;
  const operators = join(folder, 'operators');
  await writeOperatorLogins(rehearsal, operators);
  await pLimit(APPS_AT_ONCE).map(apps, (app) => writeApp(rehearsal, app));
  await writeSecrets(rehearsal);
  const commands = await writeCommands(rehearsal, binary);

  const processFile = join(folder, 'process-id');
  await writePrivate(processFile, [String(process.pid)]);

  const { vault, engine, appRole } = rehearsal.deployment;
  const variables = {
    ...deploymentInFile(folder, withDeclaredSites(rehearsal.deployment, rehearsal.declared)),
    VAULT_ADDR: rehearsal.server.address,
    ...(vault.namespace === undefined ? {} : { VAULT_NAMESPACE: vault.namespace }),
    OAUTHAPP_MOUNT: engine.mountPath,
    APPROLE_MOUNT: appRole.path,
    WEBEX_API_URL: rehearsal.webex.apiUrl,
    WEBEX_ANALYTICS_URL: Object.values(rehearsal.webex.analyticsUrls).join(','),
    WEBEX_SITES: Object.values(SITES).join(','),
    [OPERATORS_VARIABLE]: operators,
    [REHEARSAL_VARIABLE]: processFile,
  };
  const file = join(folder, 'env');
  await writePrivate(file, [
    '# For bash or zsh, while the rehearsal runs. Its end stops the servers and deletes tokens and files.',
    '# Variables for another Vault would take precedence:',
    String.raw`unset VAULT_TOKEN $(env | sed -En 's/^((BAO|VAULT)_[A-Z0-9_]+)=.*/\1/p')`,
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`),
    `export PATH=${shellWord(commands)}:${shellWord(join(PROJECT, 'node_modules/.bin'))}:"$PATH"`,
    '# The first app. Each other app has a file like this one.',
    `. ${shellWord(appEnvironmentFile(rehearsal, first))}`,
  ]);
  return file;
}

/** Apps that can log in here. */
export function rehearsedApps({ deployment }: Rehearsal): readonly App[] {
  return deployment.apps.filter((app) => unrehearsed(app) === undefined);
}

/** The file to source, to act as an app. */
export function appEnvironmentFile({ folder }: Rehearsal, app: App): string {
  return join(folder, 'apps', app.name, 'env');
}

export function clientSecretFile({ folder }: Rehearsal, integration: string): string {
  return join(folder, `client-secret-${integration}`);
}

/** Writes the secrets that people keep in a real deployment. */
async function writeSecrets(rehearsal: Rehearsal): Promise<void> {
  const { deployment, folder, server, variables } = rehearsal;
  await writePrivate(keyShareFile(folder, 1), [server.unsealKey]);
  for (const { name } of deployment.integrations) {
    await writePrivate(clientSecretFile(rehearsal, name), [variables[clientSecretVariable(name)] ?? '']);
  }
}

/** Writes the roles of `webex-token-vault init`, and a login for each. */
async function writeOperatorLogins({ admin, deployment }: Rehearsal, folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  const server = admin.withNamespace(undefined);
  await writeOperators(server, deployment);
  if (deployment.vault.namespace !== undefined) {
    await writeOperators(admin, deployment);
  }
  for (const name of operatorsOf(deployment)) {
    await renewOperator(SERVER_OPERATORS.includes(name) ? server : admin, name, (login) =>
      writeOperatorLogin(folder, name, login),
    );
  }
}

async function writeApp(rehearsal: Rehearsal, app: App): Promise<void> {
  const file = appEnvironmentFile(rehearsal, app);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const variables =
    app.identity === undefined ? await writeAppRole(rehearsal, app) : await writeIdentity(rehearsal, app);
  const hasIdentities = rehearsal.deployment.apps.some(({ identity }) => identity !== undefined);
  await writePrivate(file, [
    `# The shell acts as app ${app.name} alone.`,
    `unset VAULT_TOKEN BAO_TOKEN${hasIdentities ? ` ${IDENTITY_VARIABLES.join(' ')}` : ''}`,
    `export ${Object.entries(variables)
      .map(([name, value]) => `${name}=${shellWord(value)}`)
      .join(' ')}`,
  ]);
}

async function writeAppRole(rehearsal: Rehearsal, app: App): Promise<Record<string, string>> {
  const folder = dirname(appEnvironmentFile(rehearsal, app));
  const { roleId, secretId } = await rehearsal.appRole(app.name);
  const secretIdFile = join(folder, 'secret-id');
  await writePrivate(join(folder, 'role-id'), [roleId]);
  await writePrivate(secretIdFile, [secretId]);
  return { VAULT_ROLE_ID: roleId, VAULT_SECRET_ID_FILE: secretIdFile };
}

async function writeIdentity(rehearsal: Rehearsal, app: App): Promise<Record<string, string>> {
  const { jwt, kubernetes } = await rehearsal.identity(app);
  const { role = '', mountPath = '', file = '' } = jwt ?? kubernetes ?? {};
  const { type } = loginOf(rehearsal.deployment, app);
  return { VAULT_AUTH_METHOD: type, VAULT_AUTH_MOUNT: mountPath, VAULT_ROLE: role, VAULT_JWT_FILE: file };
}

/** A shell that switches to another app must unset these. */
const IDENTITY_VARIABLES = [
  'VAULT_ROLE_ID',
  'VAULT_SECRET_ID_FILE',
  'VAULT_AUTH_METHOD',
  'VAULT_AUTH_MOUNT',
  'VAULT_ROLE',
  'VAULT_JWT_FILE',
];

/** @returns the folder of the rehearsal's commands */
async function writeCommands({ folder, server, program }: Rehearsal, binary: string): Promise<string> {
  const commands = join(folder, 'bin');
  const rootToken = join(folder, 'root-token');
  await mkdir(commands, { mode: 0o700 });
  await writePrivate(rootToken, [server.rootToken]);
  const command = (name: string, lines: readonly string[]): Promise<void> =>
    writePrivate(join(commands, name), ['#!/bin/sh', ...lines], 0o700);
  // Both names are shadowed: another program could send a foreign token to this server.
  for (const name of Object.values(PROGRAMS)) {
    await command(name, [
      '# Uses the root token of the rehearsal, unless another one is given.',
      `[ -n "\${BAO_TOKEN+set}\${VAULT_TOKEN+set}" ] || { VAULT_TOKEN=$(cat ${shellWord(rootToken)}) && export VAULT_TOKEN; }`,
      `exec ${shellWord(binary)} "$@"`,
    ]);
  }
  // Outside the clone, npx would not find them.
  await command('webex-token-vault', [`exec ${shellWord(process.execPath)} ${shellWord(program)} "$@"`]);
  if (existsSync(CLIENT)) {
    await command('webex-token', [`exec ${shellWord(process.execPath)} ${shellWord(CLIENT)} "$@"`]);
  }
  return commands;
}

async function writePrivate(file: string, lines: readonly string[], mode = 0o600): Promise<void> {
  await writeFile(file, `${lines.join('\n')}\n`, { mode });
}
