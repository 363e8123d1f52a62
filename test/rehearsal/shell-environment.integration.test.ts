import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuseEndedRehearsal, REHEARSAL_VARIABLE } from '#core';
import { run, type FinishedCommand } from '../../lib/processes/child-process';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { findServer } from '../../rehearsal/server/server-binary';
import { appEnvironmentFile, writeShellEnvironment } from '../../rehearsal/shell-environment';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { operatorsOf } from '../../lib/operators/operators';
import { ANALYTICS_SCOPES } from '../../samples/meetings-report/figures';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { isOnVault } from '../../rehearsal/server/is-on-vault';
import { STARTED_PROGRAM } from '../fixtures/programs/script';
import { appliedRehearsal } from '../fixtures/worlds/applied-rehearsal';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/*
 * The lines of "quickstart --keep", pasted into a real bash. On OpenBao, the deployment has a namespace, which needs the
 * most variables. `npx` starts the program directly. The tests of README.md use npm's `npx`.
 */

const declared = defineDeployment({
  vault: { address: 'https://vault.example', ...(isOnVault ? {} : { namespace: 'team' }) },
  engine: { mountPath: 'oauth/webex', plugin: { sha256: '0'.repeat(64) } },
  appRole: { path: 'their/approle' },
  integrations: [{ name: 'webex-myapp', clientId: 'client', redirectUrl: 'http://localhost:5000/auth' }],
  credentials: [
    { name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] },
    { name: 'reports', integration: 'webex-myapp', scopes: ANALYTICS_SCOPES },
  ],
  apps: [
    { name: 'people-me', reads: ['testauth'] },
    { name: 'second-app', reads: ['testauth'] },
    { name: 'meetings-report', reads: ['reports'] },
  ],
});

const OPERATORS = operatorsOf(declared);

let rehearsal: Rehearsal;
let file: string;
const bin = temporaryFolder();

beforeAll(async () => {
  const binary = await findServer();
  rehearsal = await appliedRehearsal(declared, { hasBackups: true });
  file = await writeShellEnvironment(rehearsal, binary);
  const npx = `[ "$1" = --no-install ] && shift\ncase $1 in webex-token-vault) shift; exec '${process.execPath}' '${STARTED_PROGRAM}' "$@" ;; esac\nexec "$@"`;
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\n${npx}\n`, { mode: 0o755 });
});
afterAll(() => rehearsal.stop());

/** Runs lines in the shell of a person who works with another Vault. */
async function shell(lines: string, onErrorLine?: (line: string) => void): Promise<FinishedCommand> {
  return run('bash', ['-c', `source ${file}\nset -e\n${lines}`], {
    cwd: PROJECT_FOLDER,
    env: {
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      HOME: '/nonexistent',
      BAO_ADDR: 'https://elsewhere.example',
      BAO_TOKEN: 's.elsewhere',
      VAULT_TOKEN: 's.elsewhere',
      VAULT_SECRET_ID: 'elsewhere',
    },
    onErrorLine,
  });
}

async function output(lines: string): Promise<string[]> {
  const { exitCode, stdout, stderr } = await shell(lines);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stdout.trim().split('\n');
}

const ACCESSORS = 'bao list -format=json auth/token/accessors | tr -d "\\n"; echo';

async function consented(credential: string, options = ''): Promise<FinishedCommand> {
  const consent = async (url: string): Promise<unknown> => fetch(await rehearsal.webex.consent(url));
  return shell(`npx --no-install webex-token-vault authorize ${credential} --no-open --json ${options}`, (line) => {
    const url = /^ {2}(http:\S+)$/.exec(line)?.[1];
    if (url !== undefined) {
      void consent(url);
    }
  });
}

test('a person authorizes as the authorizer, whose token is revoked afterwards', async () => {
  const before = await output(ACCESSORS);
  const authorized = await consented('testauth');
  expect(JSON.parse(authorized.stdout)).toMatchObject({ name: 'Ada Admin' });
  expect(await output(ACCESSORS)).toEqual(before);
});

test('webex-token reads as the first app, bao acts as root, and the shell can act as any app', async () => {
  const login = `bao write -field=policies auth/their/approle/login role_id=$VAULT_ROLE_ID secret_id=@$VAULT_SECRET_ID_FILE`;
  const second = declared.apps
    .filter(({ name }) => name === 'second-app')
    .map((app) => appEnvironmentFile(rehearsal, app));
  const [asApp, asRoot, policies, ...others] = await output(`
    webex-token testauth
    bao read -field=access_token oauth/webex/creds/testauth; echo
    ${login}; echo
    source ${second[0] ?? ''}
    ${login}; echo
    webex-token testauth`);
  expect(asApp).toBe(asRoot);
  expect(policies).toBe('[oauth.webex-app-people-me]');
  expect(others).toEqual(['[oauth.webex-app-second-app]', asApp]);
});

test('vault is the same program as bao, and ignores a token for another server', async () => {
  const [asRoot, policies] = await output(`
    vault read -field=access_token oauth/webex/creds/testauth; echo
    HOME=${bin} vault read -field=policies auth/token/lookup-self`);
  const [token] = await output('bao read -field=access_token oauth/webex/creds/testauth');
  expect([asRoot, policies]).toEqual([token, '[root]']);
});

test('the meetings report runs on the figures of the simulated Webex', async () => {
  await consented('reports');
  const app = declared.apps.filter(({ name }) => name === 'meetings-report');
  const [title, ...rest] = await output(`
    source ${app.map((each) => appEnvironmentFile(rehearsal, each))[0] ?? ''}
    npx tsx samples/meetings-report.ts --month 2026-09 --no-daily`);
  expect(title).toBe('Webex meetings, 2026-09');
  expect(rest.join('\n')).toContain('example.webex.com');
});

test('the key share verifies a backup, and the client secret authorizes by PKCE', async () => {
  const { folder } = rehearsal;
  const verified = await shell(
    `npx --no-install webex-token-vault backup create ${folder}/verified.snap && npx --no-install webex-token-vault backup verify ${folder}/verified.snap --key-shares ${folder}`,
  );
  expect(verified.stderr).toContain('verified: it can be restored, and the grants are in it\n');
  const secretFile = join(folder, 'client-secret-webex-myapp');
  const authorized = await consented('testauth', `--pkce --replace --client-secret-file ${secretFile}`);
  expect(authorized).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Ada Admin') as unknown });
});

test('every operator can log in, issue, back up and revoke', async () => {
  const { folder } = rehearsal;
  const logins = OPERATORS.map((name) => `webex-token-vault token ${name}`).join('\n');
  const tokens = await output(logins);
  expect(new Set(tokens).size).toBe(OPERATORS.length);
  const [issued, ...rest] = await output(`
    cd / && webex-token-vault issue second-app --json | tr -d '\\n '; echo; cd - > /dev/null
    npx --no-install webex-token-vault backup create ${folder}/copy.snap
    VAULT_TOKEN=${tokens[OPERATORS.indexOf('provisioner')] ?? ''} bao read -field=policies auth/token/lookup-self; echo
    npx --no-install webex-token-vault revoke testauth --yes`);
  expect(JSON.parse(issued ?? '')).toMatchObject({ app: 'second-app' });
  expect(rest[0]).toContain('copy.snap');
  expect(rest[1]).toBe('[oauth.webex-provisioner]');
  expect(rest[2]).toBe('"testauth" is deleted in Vault.');
});

test('only the owner can read the folder, and nothing remains of it afterwards', async () => {
  const { folder } = rehearsal;
  expect(statSync(folder).mode & 0o077).toBe(0);
  const secrets = [
    file,
    ...['root-token', 'key-share-1', 'client-secret-webex-myapp'].map((name) => join(folder, name)),
    ...filesBelow(join(folder, 'apps')),
    ...filesBelow(join(folder, 'operators')),
  ];
  expect(secrets).toHaveLength(4 + 3 * 3 + 2 * OPERATORS.length);
  expect(secrets.filter((path) => (statSync(path).mode & 0o777) !== 0o600)).toEqual([]);
  const [leftBehind = ''] = await output('env -0 | base64 -w 0');
  await rehearsal.stop();
  expect(() => statSync(folder)).toThrow('ENOENT');

  const variables = Buffer.from(leftBehind, 'base64').toString().split('\0').filter(Boolean);
  const env = Object.fromEntries(variables.map((each) => each.split(/=(.*)/s))) as NodeJS.ProcessEnv;
  for (const command of ['npx --no-install webex-token-vault revoke testauth --yes', 'webex-token testauth']) {
    const { exitCode, stdout, stderr } = await run('bash', ['-c', command], { cwd: PROJECT_FOLDER, env });
    expect(stderr).toMatch(/^error: the quickstart of this shell has ended, .+\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  }
});

test('a shell reports that its quickstart has ended, even after a kill', () => {
  const ended = spawnSync(process.execPath, ['-e', '0']);
  const noted = join(temporaryFolder(), 'process-id');
  writeFileSync(noted, String(ended.pid));
  expect(() => refuseEndedRehearsal({ [REHEARSAL_VARIABLE]: noted })).toThrow('the quickstart');
  writeFileSync(noted, String(process.pid));
  expect(() => refuseEndedRehearsal({ [REHEARSAL_VARIABLE]: noted })).not.toThrow();
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
