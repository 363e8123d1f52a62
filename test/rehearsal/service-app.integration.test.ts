import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VaultResponseError } from '#core';
import { clientSecretVariable } from '../../lib/declaration/derived/client-secret';
import { readOperatorLogin } from '../../lib/operators/operator-folder';
import { loginOperator, type OperatorName } from '../../lib/operators/operators';
import type { VaultClient } from '../../lib/vault/vault-client';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { findServer } from '../../rehearsal/server/server-binary';
import { clientSecretFile, writeShellEnvironment } from '../../rehearsal/shell-environment';
import { webexId } from '../../rehearsal/webex/webex-id';
import { runScript, type ScriptResult } from '../fixtures/programs/script';
import { Typist } from '../fixtures/pages/typist';
import { applicationId, organization, recoverableServiceApp } from '../fixtures/declarations/recoverable-service-app';
import { appliedRehearsal } from '../fixtures/worlds/applied-rehearsal';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The grant of a Service App. Another credential's token requests it, and recovery restores it without a person. */

let rehearsal: Rehearsal;
let operators: string;
let secretFile: string;
let typist: Typist;
const files = temporaryFolder();
const printed: string[] = [];

beforeAll(async () => {
  const binary = await findServer();
  rehearsal = await appliedRehearsal(recoverableServiceApp);
  operators = join(dirname(await writeShellEnvironment(rehearsal, binary)), 'operators');
  secretFile = join(files, 'client-secret');
  writeFileSync(secretFile, clientSecret(), { mode: 0o600 });
  typist = new Typist({
    ...rehearsal.environment,
    VAULT_ADDR: rehearsal.server.address,
    WEBEX_TOKEN_VAULT_OPERATORS: operators,
  });
});

afterAll(async () => {
  typist[Symbol.dispose]();
  await rehearsal.stop();
});

function clientSecret(): string {
  return rehearsal.variables[clientSecretVariable('service-app')] ?? '';
}

async function command(name: string, ...args: string[]): Promise<ScriptResult> {
  const result = await runScript(name, args, {
    ...rehearsal.environment,
    VAULT_ADDR: rehearsal.server.address,
    WEBEX_TOKEN_VAULT_OPERATORS: operators,
    ...(process.env.PATH === undefined ? {} : { PATH: process.env.PATH }),
  });
  printed.push(result.stdout, result.stderr);
  return result;
}

function authorizeReports(...args: string[]): Promise<ScriptResult> {
  return command('authorize', 'reports', '--client-secret-file', secretFile, ...args);
}

async function as(name: OperatorName): Promise<VaultClient> {
  const login = await readOperatorLogin(operators, name);
  if (login === undefined) {
    throw new Error(`there is no login of ${name}`);
  }
  return rehearsal.admin.withToken((await loginOperator(rehearsal.admin, login)).token);
}

/** Makes the engine notice that Webex no longer renews the grant. */
async function lose(): Promise<void> {
  rehearsal.webex.serviceApps.withdraw(applicationId, organization);
  await rehearsal.admin.connection.read('oauthapp/creds/reports?minimum_seconds=99999999', String).catch(String);
  rehearsal.webex.serviceApps.authorize(applicationId, organization);
}

it('authorize refuses a Service App before its requesting credential is authorized', async () => {
  const { exitCode, stderr } = await authorizeReports();
  expect(stderr).toMatch(
    /error: "reports" needs the access token of credential "asker", which cannot be read: .*authorize asker/,
  );
  expect(exitCode).not.toBe(0);
});

it('authorize gets the grant of a Service App without a browser, and names its organization', async () => {
  // The command is that of docs/tasks/service-apps.md.
  const [asker, reports] = typist.typesEach('docs/tasks/service-apps.md', 'authorize');
  const asked = asker?.();
  await fetch(await rehearsal.webex.consent(await typist.browses()));
  printed.push((await asked) ?? '');
  const screen = (await reports?.({ dialog: [['The client secret of "service-app"', clientSecret()]] })) ?? '';
  printed.push(screen);
  expect(screen).toContain(organization);
});

it('authorize keeps a working grant unless --replace is given', async () => {
  expect((await authorizeReports()).stderr).toMatch(
    /credential "reports" works already .* authorize reports --replace/,
  );
  expect((await authorizeReports('--replace')).exitCode).toBe(0);
});

it('authorize refuses a browser option for a Service App', async () => {
  const { exitCode, stderr } = await authorizeReports('--pkce');
  expect(stderr).toContain('belongs to a Service App, so no person consents; leave out --pkce');
  expect(exitCode).toBe(2);
});

it('authorize replaces no working grant of a Service App by one that has fewer scopes', async () => {
  rehearsal.webex.behavior.withheld = [{ scopes: ['spark:people_read'], of: organization }];
  const { stdout, stderr, exitCode } = await authorizeReports('--replace');
  rehearsal.webex.behavior.withheld = [];
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
  expect(stderr).toMatch(
    /^error: the new grant lacks "spark:people_read", which the present grant of "reports" has; "reports" is unchanged; .*Control Hub, then run the command again\..* revoke reports$/m,
  );
});

describe('if a replacement fails', () => {
  afterEach(async () => {
    expect((await command('status', '--json')).stdout).toMatch(/"name": "reports",\s+"state": "healthy"/);
  });

  it('the working grant survives an unknown application id', async () => {
    const other = webexId('APPLICATION', 'unknown');
    const file = join(files, 'other-application.json');
    writeFileSync(file, readFileSync(rehearsal.environment.DEPLOYMENT ?? '', 'utf8').replace(applicationId, other));
    const { stderr, exitCode } = await authorizeReports('--replace', '--deployment', file);
    expect(stderr).toMatch(/error: Webex finds no Service App .* check both ids in the declaration/);
    expect(exitCode).not.toBe(0);
  });

  it('the working grant survives another organization', async () => {
    const file = join(files, 'other-organization.json');
    const other = webexId('ORGANIZATION', 'other');
    writeFileSync(file, readFileSync(rehearsal.environment.DEPLOYMENT ?? '', 'utf8').replace(organization, other));
    const { stderr } = await authorizeReports('--replace', '--deployment', file);
    expect(stderr).toMatch(/error: Webex gives no token of Service App .* for organization .*Control Hub/);
  });

  it('the working grant survives a wrong client secret', async () => {
    const file = join(files, 'wrong-secret');
    writeFileSync(file, 'not-the-client-secret', { mode: 0o600 });
    const { stderr } = await command('authorize', 'reports', '--replace', '--client-secret-file', file);
    expect(stderr).toContain('Webex refuses the given client secret');
    expect(stderr).not.toContain('not-the-client-secret');
  });
});

describe('recover', () => {
  it('recover does nothing if no grant is lost', async () => {
    const { exitCode, stderr } = await command('recover');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('recover restores a lost grant by itself', async () => {
    await lose();
    expect((await command('status', '--json')).stdout).toContain('"state": "re-authorization required"');
    const healed = await typist.types('docs/tasks/service-apps.md', 'heal');
    printed.push(healed);
    expect(healed).toBe('the grant of "reports" was lost, and is recovered\n');
    expect((await command('status')).stdout).toMatch(/reports .*healthy/);
  });

  it('recover restores a lost grant that has fewer scopes now, and says which', async () => {
    await lose();
    rehearsal.webex.behavior.withheld = [{ scopes: ['spark:people_read'], of: organization }];
    const { exitCode, stdout, stderr } = await command('recover');
    rehearsal.webex.behavior.withheld = [];
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: 'the grant of "reports" was lost, and is recovered\n',
      stderr: 'warning: the new grant of "reports" lacks "spark:people_read"; see status\n',
    });
    const shown = (await command('status')).stdout;
    expect(shown).toMatch(/reports +scopes missing +.*, and its grant lacks "spark:people_read"; /);
    expect(shown).toMatch(/ {2}credential reports: .*webex-token-vault authorize reports --replace$/m);
    expect((await authorizeReports('--replace')).stdout).toMatch(/^granted: .*spark:people_read/m);
    expect((await command('status')).stdout).toMatch(/reports .*healthy/);
  });

  it('recover says why a grant cannot be restored', async () => {
    await lose();
    rehearsal.webex.serviceApps.withdraw(applicationId, organization);
    const { exitCode, stderr } = await command('recover');
    expect(stderr).toMatch(
      /^error: the grant of "reports" is lost, and could not be recovered: Webex gives no token .*Control Hub/,
    );
    expect(exitCode).toBe(1);
    rehearsal.webex.serviceApps.authorize(applicationId, organization);
    expect((await command('recover')).exitCode).toBe(0);
  });

  it('recover ignores a revoked grant', async () => {
    await command('revoke', 'reports', '--yes', '--vault-only');
    const { exitCode, stdout, stderr } = await command('recover');
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'no grant is lost\n', stderr: '' });
    expect((await authorizeReports()).exitCode).toBe(0);
  });
});

describe('the client secret that is kept for healing', () => {
  const path = 'oauthapp-healing/service-app';

  it('only the healer can read the client secret for recovery', async () => {
    const readers = [];
    for (const name of ['provisioner', 'authorizer', 'issuer', 'observer', 'healer'] as const) {
      const vault = await as(name);
      const status = await vault.connection
        .read(path, () => 200)
        .catch((error: unknown) => (error instanceof VaultResponseError ? error.statusCode : error));
      readers.push([name, status]);
    }
    expect(readers).toEqual([
      ['provisioner', 403],
      ['authorizer', 403],
      ['issuer', 403],
      ['observer', 403],
      ['healer', 200],
    ]);
  });

  it('recover uses the new client secret after a rotation', async () => {
    const [app] = rehearsal.webex.serviceApps.list;
    if (app === undefined) {
      throw new Error('the simulator has no Service App');
    }
    [app.formerSecret, app.clientSecret] = [app.clientSecret, 'rotated-client-secret-0123456789'];
    const file = join(files, 'new-secret');
    writeFileSync(file, app.clientSecret, { mode: 0o600 });
    expect((await command('rotate-secret', 'service-app', '--new-secret-file', file)).exitCode).toBe(0);
    app.formerSecret = undefined;
    await lose();
    expect((await command('recover')).exitCode).toBe(0);
  });

  it("the client secret appears in no output, and only in its owner's private file", () => {
    const secrets = [clientSecret(), 'rotated-client-secret-0123456789'];
    const own = rehearsal.deployment.integrations.map(({ name }) => clientSecretFile(rehearsal, name));
    own.forEach((file) => expect(statSync(file).mode & 0o777).toBe(0o600));
    const stack = readdirSync(rehearsal.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !own.includes(file))
      .map((file) => readFileSync(file, 'utf8'));
    for (const text of [...printed, ...stack]) {
      secrets.forEach((secret) => expect(text).not.toContain(secret));
    }
  });
});
