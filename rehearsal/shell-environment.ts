import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
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

/*
 * A rehearsal for the shells of a person: one file to source, after which every app and every operator works there. All
 * of it is in the rehearsal's private folder, and ends with it.
 */

const PROJECT = resolve(__dirname, '..');

/** A server that is asked for the secret ids of a thousand apps at once has time for nothing else. */
const APPS_AT_ONCE = 16;

/**
 * @param binary of `bao` or `vault`
 * @returns the file to source, in bash or zsh
 */
export async function writeShellEnvironment(rehearsal: Rehearsal, binary: string): Promise<string> {
  const apps = rehearsedApps(rehearsal);
  const [first] = apps;
  if (first === undefined) {
    throw new ExplainedError('the deployment declares no app, so there is nobody to be; declare one, like "people-me"');
  }
  const { folder } = rehearsal;
  const operators = join(folder, 'operators');
  await writeOperatorLogins(rehearsal, operators);
  for (let begin = 0; begin < apps.length; begin += APPS_AT_ONCE) {
    const some = apps.slice(begin, begin + APPS_AT_ONCE);
    await Promise.all(some.map((app) => writeApp(rehearsal, app)));
  }
  await writeSecrets(rehearsal);
  const commands = await writeCommands(rehearsal, binary);

  const processFile = join(folder, 'process-id');
  await writePrivate(processFile, [String(process.pid)]);

  const { vault, engine, appRole } = rehearsal.deployment;
  const variables = {
    ...rehearsal.environment,
    VAULT_ADDR: rehearsal.server.address,
    ...(vault.namespace === undefined ? {} : { VAULT_NAMESPACE: vault.namespace }),
    OAUTHAPP_MOUNT: engine.mountPath,
    APPROLE_MOUNT: appRole.path,
    WEBEX_API_URL: rehearsal.webex.apiUrl,
    WEBEX_ANALYTICS_URL: Object.values(rehearsal.webex.analyticsUrls).join(','),
    WEBEX_SITES: rehearsal.webex.sites.map(({ siteUrl }) => siteUrl).join(','),
    [OPERATORS_VARIABLE]: operators,
    [REHEARSAL_VARIABLE]: processFile,
  };
  const file = join(folder, 'env');
  await writePrivate(file, [
    '# For bash or zsh, while the rehearsal runs. With it ends all that this names: servers, tokens and files; commands',
    '# of ours that are set up by it say so then.',
    '# What is set for a Vault elsewhere would win:',
    String.raw`unset VAULT_TOKEN $(env | sed -En 's/^((BAO|VAULT)_[A-Z0-9_]+)=.*/\1/p')`,
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`),
    `export PATH=${shellWord(commands)}:${shellWord(join(PROJECT, 'node_modules/.bin'))}:"$PATH"`,
    '# The app that the shell is to begin with; the others have files like this one beside it.',
    `. ${shellWord(appFiles(folder, first).env)}`,
  ]);
  return file;
}

/** Those that have something to log in with here. */
export function rehearsedApps({ deployment }: Rehearsal): readonly App[] {
  return deployment.apps.filter((app) => unrehearsed(app) === undefined);
}

/** The file to source, to become an app. */
export function appEnvironmentFile(rehearsal: Rehearsal, app: App): string {
  return appFiles(rehearsal.folder, app).env;
}

/** The file with the client secret of an integration, for commands that take one. */
export function clientSecretFile({ folder }: Rehearsal, integration: string): string {
  return join(folder, `client-secret-${integration}`);
}

/** Secrets that the people of a real deployment keep: the key share and the client secrets. */
async function writeSecrets(rehearsal: Rehearsal): Promise<void> {
  const { deployment, folder, server, variables } = rehearsal;
  if (server.unsealKey !== undefined) {
    await writePrivate(keyShareFile(folder, 1), [server.unsealKey]);
  }
  for (const { name } of deployment.integrations) {
    await writePrivate(clientSecretFile(rehearsal, name), [variables[clientSecretVariable(name)] ?? '']);
  }
}

/** The roles that `webex-token-vault init` makes on a production server, and a login for each. */
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
  const files = appFiles(rehearsal.folder, app);
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  const variables =
    app.identity === undefined ? await writeAppRole(rehearsal, app) : await writeIdentity(rehearsal, app);
  await writePrivate(files.env, [
    `# The shell becomes app ${app.name}, and nobody else.`,
    `unset VAULT_TOKEN BAO_TOKEN${hasIdentities(rehearsal) ? ` ${IDENTITY_VARIABLES.join(' ')}` : ''}`,
    `export ${Object.entries(variables)
      .map(([name, value]) => `${name}=${shellWord(value)}`)
      .join(' ')}`,
  ]);
}

async function writeAppRole(rehearsal: Rehearsal, app: App): Promise<Record<string, string>> {
  const files = appFiles(rehearsal.folder, app);
  const { roleId, secretId } = await rehearsal.appRole(app.name);
  await writePrivate(files.roleId, [roleId]);
  await writePrivate(files.secretId, [secretId]);
  return { VAULT_ROLE_ID: roleId, VAULT_SECRET_ID_FILE: files.secretId };
}

async function writeIdentity(rehearsal: Rehearsal, app: App): Promise<Record<string, string>> {
  const { jwt, kubernetes } = await rehearsal.identity(app);
  const { role = '', mountPath = '', file = '' } = jwt ?? kubernetes ?? {};
  const { type } = loginOf(rehearsal.deployment, app);
  return { VAULT_AUTH_METHOD: type, VAULT_AUTH_MOUNT: mountPath, VAULT_ROLE: role, VAULT_JWT_FILE: file };
}

/** Of which a shell that becomes another app has to forget some. */
const IDENTITY_VARIABLES = [
  'VAULT_ROLE_ID',
  'VAULT_SECRET_ID_FILE',
  'VAULT_AUTH_METHOD',
  'VAULT_AUTH_MOUNT',
  'VAULT_ROLE',
  'VAULT_JWT_FILE',
];

function hasIdentities({ deployment }: Rehearsal): boolean {
  return deployment.apps.some(({ identity }) => identity !== undefined);
}

/** @returns the folder with commands that are the rehearsal's */
async function writeCommands({ folder, server }: Rehearsal, binary: string): Promise<string> {
  const commands = join(folder, 'bin');
  const rootToken = join(folder, 'root-token');
  await mkdir(commands, { mode: 0o700 });
  await writePrivate(rootToken, [server.rootToken]);
  const command = (name: string, lines: readonly string[]): Promise<void> =>
    writePrivate(join(commands, name), ['#!/bin/sh', ...lines], 0o700);
  // By both names: a program of this machine would send a token of another server here.
  for (const name of Object.values(PROGRAMS)) {
    await command(name, [
      '# With the root token of the rehearsal, unless another one is given.',
      `[ -n "\${BAO_TOKEN+set}\${VAULT_TOKEN+set}" ] || { VAULT_TOKEN=$(cat ${shellWord(rootToken)}) && export VAULT_TOKEN; }`,
      `exec ${shellWord(binary)} "$@"`,
    ]);
  }
  // Where npx would look for it in vain: outside the clone.
  await command('webex-token-vault', [
    `exec ${shellWord(process.execPath)} ${shellWord(join(PROJECT, 'scripts/webex-token-vault.js'))} "$@"`,
  ]);
  return commands;
}

function appFiles(folder: string, app: App): { folder: string; roleId: string; secretId: string; env: string } {
  const own = join(folder, 'apps', app.name);
  return { folder: own, roleId: join(own, 'role-id'), secretId: join(own, 'secret-id'), env: join(own, 'env') };
}

async function writePrivate(file: string, lines: readonly string[], mode = 0o600): Promise<void> {
  await writeFile(file, `${lines.join('\n')}\n`, { mode });
}
