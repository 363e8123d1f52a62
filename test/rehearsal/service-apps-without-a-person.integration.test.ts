import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { findCredential } from '../../lib/declaration/derived/by-name';
import { clientSecretVariable } from '../../lib/declaration/derived/client-secret';
import { isServiceApp } from '../../lib/declaration/schema/credential-declaration';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { findServer } from '../../rehearsal/server/server-binary';
import { writeShellEnvironment } from '../../rehearsal/shell-environment';
import { webexId } from '../../rehearsal/webex/webex-id';
import { runScript, type ScriptResult } from '../fixtures/programs/script';
import { Typist } from '../fixtures/pages/typist';
import { appliedRehearsal } from '../fixtures/worlds/applied-rehearsal';

/* Service Apps that request each other's grants. No person consents, and a single lost grant needs none. */

const NAMES = ['third', 'reports', 'manager'] as const;
type Name = (typeof NAMES)[number];
const REQUESTED_BY: Readonly<Record<Name, Name>> = { third: 'reports', reports: 'manager', manager: 'reports' };
const organization = webexId('ORGANIZATION', '7d3c2f60-9b1e-4a5d-8c11-22b3f0c9a001');

const declared = defineDeployment({
  vault: { address: 'https://vault.example' },
  engine: { plugin: { sha256: '0'.repeat(64) } },
  integrations: NAMES.map((name) => ({ name: `app-of-${name}` })),
  credentials: NAMES.map((name) => ({
    name,
    integration: `app-of-${name}`,
    scopes: ['spark:applications_token', 'spark:people_read'],
    serviceApp: {
      id: webexId('APPLICATION', name),
      organizationId: organization,
      requestedBy: REQUESTED_BY[name],
      autoRecover: true,
    },
  })),
  apps: [{ name: 'reporting', reads: ['reports'] }],
});

let rehearsal: Rehearsal;
let typist: Typist;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  const binary = await findServer();
  rehearsal = await appliedRehearsal(declared);
  const shell = await writeShellEnvironment(rehearsal, binary);
  environment = {
    ...rehearsal.environment,
    VAULT_ADDR: rehearsal.server.address,
    WEBEX_TOKEN_VAULT_OPERATORS: `${dirname(shell)}/operators`,
  };
  typist = new Typist(environment);
});

afterAll(async () => {
  typist[Symbol.dispose]();
  await rehearsal.stop();
});

function command(name: string, ...args: string[]): Promise<ScriptResult> {
  return runScript(name, args, environment);
}

function applicationOf(name: Name): string {
  const credential = findCredential(declared, name);
  return isServiceApp(credential) ? credential.serviceApp.id : '';
}

function secretOf(name: Name): [string, string] {
  const secret = rehearsal.variables[clientSecretVariable(`app-of-${name}`)] ?? '';
  return [`The client secret of "app-of-${name}"`, secret];
}

function privateFile(name: string, text: string): string {
  const file = join(typist.folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

/** Makes the engine notice that Webex no longer renews the grants. */
async function lose(...names: Name[]): Promise<void> {
  for (const name of names) {
    rehearsal.webex.serviceApps.withdraw(applicationOf(name), organization);
    await rehearsal.admin.connection.read(`oauthapp/creds/${name}?minimum_seconds=99999999`, String).catch(String);
    rehearsal.webex.serviceApps.authorize(applicationOf(name), organization);
  }
}

it('the first grant comes from the developer portal, and its token requests the next one', async () => {
  // The commands are those of docs/tasks/service-apps.md.
  const [manager, reports] = typist.typesEach('docs/tasks/service-apps.md', 'without a person');
  const refreshToken = rehearsal.webex.portalToken(applicationOf('manager'), organization);
  const first = await manager?.({
    dialog: [secretOf('manager'), ['The refresh token of "manager"', refreshToken]],
  });
  expect(first).toContain(organization);
  expect(await reports?.({ dialog: [secretOf('reports')] })).toContain(organization);
  expect(first).not.toContain(refreshToken);
  const secretFile = privateFile('client-secret', secretOf('third')[1]);
  const third = await command('authorize', 'third', '--client-secret-file', secretFile);
  expect(third).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(organization) as string });
});

it('doctor says that no person is behind the Service Apps', async () => {
  const { exitCode, stdout } = await command('doctor');
  expect(stdout).toContain(
    'credential "manager" gets its tokens through "reports", "manager"; no person has to consent again if one is lost',
  );
  expect(stdout).toContain(
    'credential "third" gets its tokens through "reports", "manager"; no person has to consent again if one is lost',
  );
  expect(stdout).not.toMatch(/^advice .*healer/m);
  expect(exitCode).toBe(0);
});

it.each<[Name[], Name[]]>([
  [['reports'], ['reports']],
  [['manager'], ['manager']],
  [
    ['third', 'reports'],
    ['reports', 'third'],
  ],
])('recover restores %j through the other grants', async (lost, healed) => {
  await lose(...lost);
  const { exitCode, stdout } = await command('recover');
  expect(stdout.trim().split('\n')).toEqual(healed.map((name) => `the grant of "${name}" was lost, and is recovered`));
  expect(exitCode).toBe(0);
});

it('recover reports that every requesting grant is lost, and authorize imports a new one from the developer portal', async () => {
  await lose('reports', 'manager');
  const { exitCode, stderr } = await command('recover');
  expect(stderr).toMatch(
    /^error: the grant of "manager" is lost, and could not be recovered: .*\nerror: the grant of "reports" is lost, .*\n$/,
  );
  expect(exitCode).not.toBe(0);
  const secretFile = privateFile('client-secret', secretOf('manager')[1]);
  const refreshTokenFile = privateFile(
    'refresh-token',
    rehearsal.webex.portalToken(applicationOf('manager'), organization),
  );
  const files = ['--client-secret-file', secretFile, '--refresh-token-file', refreshTokenFile];
  // The engine still has an access token of the lost grant.
  const again = await command('authorize', 'manager', '--import', '--replace', ...files);
  expect(again.stderr).toBe('');
  expect(again.exitCode).toBe(0);
  expect((await command('recover')).stdout).toContain('the grant of "reports" was lost, and is recovered');
});
