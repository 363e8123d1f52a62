import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { OIDC_SECRET_VARIABLE } from '../../lib/declaration/schema/operators-declaration';
import { freePort } from '../../lib/processes/free-port';
import { generateToken } from '../../lib/server/keys/root-token';
import type { VaultClient } from '../../lib/vault/vault-client';
import { findServer } from '../../rehearsal/server/server-binary';
import { NO_CHROMIUM, openChromium } from '../fixtures/pages/chromium';
import { testUnless } from '../fixtures/runs/left-out';
import { OidcProvider } from '../fixtures/identities/oidc-provider';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { CommandRun } from '../fixtures/programs/command-run';
import { runScript, type ScriptResult } from '../fixtures/programs/script';

const GROUPS = {
  provisioner: ['platform'],
  authorizer: ['webex-admins', 'staff/admins'],
  issuer: ['app-owners'],
  observer: ['CN=on-call,OU=staff'],
};
type Operator = keyof typeof GROUPS;
const OPERATORS = Object.keys(GROUPS) as Operator[];

let provider: OidcProvider;
let operated: OperatedVault;
let root: VaultClient;
let port: number;
const printed: string[] = [];

beforeAll(async () => {
  port = await freePort();
  const redirectUrl = `http://localhost:${port}/oidc/callback`;
  provider = await OidcProvider.start({ redirectUris: [redirectUrl] });
  operated = await OperatedVault.start();
  const { issuer, ca, clientId, clientSecret } = provider;
  operated.declare({
    operators: {
      oidc: { issuer, issuerCaPem: ca, clientId, scopes: ['groups'], groups: GROUPS, redirectUrls: [redirectUrl] },
    },
  });
  operated.variables = { [OIDC_SECRET_VARIABLE]: clientSecret };
  const { stderr } = await operated.init();
  printed.push(stderr);
  await operated.deploy();
  const administrator = await operated.as('administrator');
  root = administrator.withToken(await generateToken(administrator, 'root token', await operated.keyShares()));
  // A person gives the first grant.
  const authorizer = operated.server.node.client(await tokenOf('authorizer'));
  await operated.engine.grant(authorizer, operated.deployment);
});
afterAll(async () => {
  await operated[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

/** Starts the command and waits for the URL of the login. */
async function begin(operator: string, ...args: readonly string[]): Promise<{ script: CommandRun; url: string }> {
  const script = new CommandRun('token', [operator, '--oidc', '--no-open', ...args], operated.environment);
  const [, url = ''] = await script.says(/Log in on this page:\n\n {2}(\S+)/);
  return { script, url };
}

/** Sends the browser back from the provider to the command. */
async function comeBack(script: CommandRun, redirected: string): Promise<ScriptResult & { page: string }> {
  const page = await (await fetch(redirected)).text();
  const result = await script.result();
  printed.push(page, result.stderr);
  return { ...result, page };
}

async function logIn(operator: string, groups: readonly string[]): Promise<ScriptResult & { page: string }> {
  const { script, url } = await begin(operator);
  return comeBack(script, await provider.signIn(url, { groups }));
}

async function tokenOf(operator: Operator): Promise<string> {
  return (await logIn(operator, ['all', ...GROUPS[operator].slice(-1)])).stdout.trim();
}

/** The redirect URL with other parameters in place of a valid code. */
function redirectWith(url: string, parameters: Record<string, string>): string {
  const { searchParams } = new URL(url);
  const state = searchParams.get('state') ?? '';
  return `${searchParams.get('redirect_uri') ?? ''}?${new URLSearchParams({ ...parameters, state }).toString()}`;
}

test("token --oidc prints a group member's token to stdout, and its expiry to stderr", async () => {
  const { stdout, stderr, page, exitCode } = await logIn('authorizer', ['everybody', 'staff/admins']);
  expect(stdout).toMatch(/^(?:hv)?s\.\S+\n$/);
  expect(stderr).toMatch(/this token expires at 20\d\d-\S+Z; to revoke it earlier/);
  expect(page).toContain('<h1>Logged in</h1>');
  expect(exitCode).toBe(0);
  const lookup = z.object({
    data: z.object({ policies: z.array(z.string()), display_name: z.string(), ttl: z.number() }),
  });
  const { data } = await root.write('auth/token/lookup', { token: stdout.trim() }, lookup);
  // Vault's audit log contains the person's name.
  expect(data).toMatchObject({
    policies: ['oauthapp-authorizer'],
    display_name: expect.stringMatching(/^oidc-alice/) as string,
  });
  expect(data.ttl).toBeLessThanOrEqual(1200);
});

testUnless(NO_CHROMIUM)('the login works in a real browser and ends on a page that says so', async () => {
  const { script, url } = await begin('authorizer');
  await using browser = await openChromium();
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(url);
  await page.fill('input[name="login"]', 'alice+webex-admins');
  await page.fill('input[name="password"]', 'any');
  await page.click('button[type="submit"]');
  // The provider asks for consent to give Vault the identity.
  await page.click('button[type="submit"]');
  expect(await page.textContent('h1')).toBe('Logged in');
  expect(await script.result()).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^(?:hv)?s\.\S+\n$/) as string,
  });
});

test('the login lets each operator do its own task, and no other', async () => {
  const task: Record<Operator, string> = {
    provisioner: 'sys/policies/acl/oauthapp-authorizer',
    authorizer: 'oauthapp/auth-code-url',
    issuer: 'auth/approle/role/people-me/secret-id',
    observer: 'sys/policies/acl/operators-issuer',
  };
  const reply = z.object({ data: z.record(z.string(), z.unknown()) });
  const seen: Partial<Record<Operator, Operator[]>> = {};
  const tokens = {} as Record<Operator, string>;
  for (const operator of OPERATORS) {
    tokens[operator] = await tokenOf(operator);
    const paths = Object.values(task);
    const { data } = await root.write('sys/capabilities', { token: tokens[operator], paths }, reply);
    seen[operator] = OPERATORS.filter((each) => JSON.stringify(data[task[each]]) !== '["deny"]');
  }
  expect(seen).toEqual({
    provisioner: ['provisioner'],
    authorizer: ['authorizer'],
    issuer: ['issuer'],
    // The observer reads every policy, and lists secret ids by their accessors.
    observer: ['provisioner', 'issuer', 'observer'],
  });
  const again = await operated.run('authorize', ['testauth'], { VAULT_TOKEN: tokens.authorizer });
  expect(again.stderr).toContain('credential "testauth" works already');
  const issued = await operated.run('issue', ['people-me'], { VAULT_TOKEN: tokens.issuer });
  expect(issued).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Wrapping token') as string });
  const { stdout } = await operated.run('status', ['--json'], { VAULT_TOKEN: tokens.observer });
  expect(stdout).toMatch(/"name": "testauth",\s*"state": "healthy"/);
  const applied = await operated.deploy('applier', undefined, undefined, tokens.provisioner);
  expect(applied.changed).toEqual([]);
});

test('`bao login` works with the same auth method', async () => {
  const bao = spawn(
    await findServer(),
    [...'login -method=oidc -no-store -token-only role=authorizer skip_browser=true'.split(' '), `port=${port}`],
    { env: { PATH: process.env.PATH, HOME: operated.server.folder, ...operated.environment } },
  );
  const stdout = text(bao.stdout);
  let stderr = '';
  for await (const chunk of bao.stderr.setEncoding('utf8')) {
    stderr += String(chunk);
    const [, url] = /^ {4}(https:\S+)/m.exec(stderr) ?? [];
    if (url !== undefined && stderr.includes('Waiting for OIDC')) {
      await fetch(await provider.signIn(url, { groups: ['webex-admins'] }));
      break;
    }
  }
  expect((await stdout).trim()).toMatch(/^(?:hv)?s\.\S+$/);
});

test('the login refuses a person in none of the groups, and the page says so too', async () => {
  const { stdout, stderr, page, exitCode } = await logIn('authorizer', ['staff', 'webex-admins-of-others']);
  expect(stdout).toBe('');
  expect(stderr).toContain(
    `error: you may not act as the authorizer: by claim "groups" of ${provider.issuer}, you are in none of "webex-admins", "staff/admins"; ask to be added to one there\n`,
  );
  expect(page).toContain('you are in none of');
  expect(exitCode).toBe(5);
});

test('the login gives a person only the operators of their groups', async () => {
  expect((await logIn('observer', GROUPS.authorizer)).exitCode).toBe(5);
  // A name with a comma is one group.
  expect((await logIn('observer', ['CN=on-call', 'OU=staff'])).exitCode).toBe(5);
});

test.each([
  ['access_denied', 'the login was canceled or refused at', 5],
  ['server_error', 'had an internal error (server_error: because); try again later', 4],
  [
    'unauthorized_client',
    'did not log you in (unauthorized_client: because); check the registration of client "webex-operators" there',
    1,
  ],
])("the command reports the provider's error: %s", async (error, expected, exitCode) => {
  const { script, url } = await begin('authorizer');
  const ended = await comeBack(script, redirectWith(url, { error, error_description: 'because' }));
  expect(ended.stderr).toContain(expected);
  expect(ended.page).toContain('<h1>Not authorized</h1>');
  expect(ended).toMatchObject({ stdout: '', exitCode });
});

test('the command ignores a code that the provider did not give for this login', async () => {
  const { script, url } = await begin('authorizer');
  const other = await runScript('token', ['issuer', '--oidc', '--no-open'], operated.environment);
  expect(other.stderr).toContain(`port ${port} on 127.0.0.1, which redirect URL`);
  const { stderr, exitCode } = await comeBack(script, redirectWith(url, { code: 'made-up-code' }));
  expect(stderr).toContain(`error: ${provider.issuer} does not accept its code any more`);
  expect(stderr).not.toContain('made-up-code');
  expect(exitCode).toBe(1);
});

test('a stolen code gives a token to neither the thief nor the command', async () => {
  const { script, url } = await begin('authorizer');
  const redirected = await provider.signIn(url, { groups: ['webex-admins'] });
  const stolen = new URL(redirected).searchParams.toString();
  const thief = operated.server.node.client();
  await expect(thief.read(`auth/oidc/oidc/callback?${stolen}`, z.unknown())).rejects.toThrow('invalid client_nonce');
  const { stderr, stdout } = await comeBack(script, redirected);
  expect(stderr).toContain('error: this login was completed already, or took longer than the 10 minutes');
  expect(stdout).toBe('');
});

test('the login ends if nobody comes, and if it is interrupted', async () => {
  const late = await begin('authorizer', '--timeout', '1s');
  expect(await late.script.result()).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringContaining('error: nobody logged in within 1 s; run it again\n') as string,
  });
  const { script } = await begin('authorizer');
  script.kill('SIGINT');
  expect(await script.result()).toMatchObject({ exitCode: 130, stdout: '' });
});

test.each([
  [['backup', '--oidc'], 2, 'names no group whose members may act as the backup, only as "provisioner", "authorizer",'],
  [['authorizer', '--no-open'], 2, '--no-open and --timeout need --oidc'],
])('token --oidc refuses %j', async (args, exitCode, expected) => {
  const ended = await operated.run('token', args);
  expect(ended.stderr).toContain(expected);
  expect(ended).toMatchObject({ stdout: '', exitCode });
});

describe('the look of the observer', () => {
  const role = 'auth/oidc/role/authorizer';
  const anything = z.object({ data: z.record(z.string(), z.unknown()) });
  const statusReply = z.object({
    people: z.object({ state: z.string(), severity: z.string(), detail: z.string(), notes: z.array(z.string()) }),
  });
  const doctorReply = z.object({
    findings: z.array(
      z.object({ check: z.string(), state: z.string(), detail: z.string(), next: z.string().nullish() }),
    ),
    advice: z.array(z.object({ detail: z.string() })),
  });

  async function people() {
    const { stdout } = await operated.run('status', ['--json', '--operators', operated.operators]);
    return statusReply.parse(JSON.parse(stdout)).people;
  }

  async function doctor() {
    const { stdout } = await operated.run('doctor', ['--json', '--no-webex', '--operators', operated.operators]);
    const { findings, advice } = doctorReply.parse(JSON.parse(stdout));
    return { last: findings.at(-1), advice: advice.map(({ detail }) => detail).join('\n') };
  }

  test('the observer finds that all roles are ready', async () => {
    expect(await people()).toEqual({
      state: 'ready',
      severity: 'healthy',
      detail: `people of ${provider.issuer} may act as provisioner, authorizer, issuer, observer`,
      notes: [],
    });
    const { last, advice } = await doctor();
    expect(last).toMatchObject({ check: 'people', state: 'ok' });
    expect(advice).not.toContain('auth/oidc');
  });

  test('the observer names an undeclared role and the credentials that it reaches', async () => {
    const { data } = await root.read(role, anything);
    await root.write('auth/oidc/role/friends', { ...data, bound_claims: { groups: ['friends'] } });
    expect(await people()).toMatchObject({
      severity: 'healthy',
      notes: [expect.stringContaining('auth/oidc/role/friends belongs to no declared operator')],
    });
    const { advice } = await doctor();
    expect(advice).toContain('role "friends" of auth/oidc belongs to no declared app, and reaches testauth');
    await root.delete('auth/oidc/role/friends');
  });

  test.each([
    ['is missing', undefined, 'Vault has no role for operator "authorizer", so nobody can log in as it by OIDC'],
    [
      'takes other groups',
      { bound_claims: { groups: ['staff'] } },
      'the role of operator "authorizer" is not limited to groups "webex-admins", "staff/admins"',
    ],
    [
      'carries more',
      { token_policies: ['oauthapp-authorizer', 'default'] },
      'the role of operator "authorizer" has policy "oauthapp-authorizer", "default", and "oauthapp-authorizer" is declared',
    ],
    [
      'is of another client',
      { bound_audiences: ['other'] },
      'the role of operator "authorizer" is not for client "webex-operators"',
    ],
  ])('the observer finds that a role that %s is wrong', async (_, changes, detail) => {
    const { data } = await root.read(role, anything);
    await root.delete(role);
    if (changes !== undefined) {
      await root.write(role, { ...data, ...changes });
    }
    expect(await people()).toMatchObject({ state: 'differs', severity: 'broken', detail });
    const { last } = await doctor();
    expect(last).toMatchObject({
      check: 'people',
      state: 'error',
      next: `npx --no-install webex-token-vault deploy webex-tokens --operators ${operated.operators}`,
    });
    await root.write(role, data);
  });

  test('the observer finds that another client of the provider is wrong', async () => {
    const { data } = await root.read('auth/oidc/config', anything);
    await root.write('auth/oidc/config', { ...data, oidc_client_id: 'other', oidc_client_secret: 'other' });
    expect(await people()).toMatchObject({
      state: 'differs',
      detail: `Vault has client "other" of ${provider.issuer}, and "webex-operators" of ${provider.issuer} is declared`,
    });
    await root.write('auth/oidc/config', { ...data, oidc_client_secret: provider.clientSecret });
    expect(await people()).toMatchObject({ state: 'ready' });
  });
});

describe('errors of the deployed login', () => {
  const role = 'auth/oidc/role/authorizer';
  const anything = z.object({ data: z.record(z.string(), z.unknown()) });
  let before: Record<string, unknown>;
  beforeAll(async () => ({ data: before } = await root.read(role, anything)));
  afterEach(() => root.write(role, before));

  test('the error names a role that is missing in Vault', async () => {
    await root.delete(role);
    const { stderr, exitCode } = await operated.run('token', ['authorizer', '--oidc']);
    expect(stderr).toMatch(
      /^error: nobody can log in as the authorizer by OIDC yet: Vault says: role "authorizer" could not be found; .* npx --no-install webex-token-vault deploy webex-tokens\n$/,
    );
    expect(exitCode).toBe(1);
  });

  test('the error says that Vault does not know the redirect', async () => {
    await root.write(role, { ...before, allowed_redirect_uris: ['http://localhost:8250/elsewhere'] });
    const { stderr } = await operated.run('token', ['authorizer', '--oidc']);
    expect(stderr).toMatch(/^error: Vault returned no login address: .* or does not accept http:\S+\. /);
  });

  test('the error says that the provider sends no groups', async () => {
    await root.write(role, { ...before, oidc_scopes: ['openid'] });
    const { stderr } = await logIn('authorizer', ['webex-admins']);
    expect(stderr).toMatch(/does not send your groups: its answer to Vault has no claim "groups"; .* scopes\n$/);
  });

  test('the error says that the auth method is missing', async () => {
    const { oidc } = operated.deployment.operators ?? {};
    const elsewhere = { ...operated.deployment, operators: { oidc: oidc && { ...oidc, path: 'sso' } } };
    operated.declare(elsewhere);
    const { stderr } = await operated.run('token', ['authorizer', '--oidc']);
    operated.declare({ operators: { oidc } });
    expect(stderr).toMatch(
      /^error: nobody can log in as the authorizer by OIDC yet: Vault has no auth method at "sso"; /,
    );
  });
});

test('the error says that the client secret is wrong, and a raised version corrects it', async () => {
  const { oidc } = operated.deployment.operators ?? {};
  const raise = async (clientSecretVersion: number, secret: string) => {
    operated.declare({ operators: { oidc: oidc && { ...oidc, clientSecretVersion } } });
    operated.variables = { [OIDC_SECRET_VARIABLE]: secret };
    return operated.deploy();
  };
  await expect(raise(2, '')).rejects.toThrow(
    'the client secret of operators.oidc has to be written, and TF_VAR_operators_oidc_client_secret is not set; set it to the secret that the identity provider shows, then deploy again',
  );
  expect((await logIn('authorizer', ['webex-admins'])).exitCode).toBe(0);
  await raise(3, 'wrong-secret');
  const { stderr, exitCode } = await logIn('authorizer', ['webex-admins']);
  expect(stderr).toMatch(
    /refuses Vault \(.*invalid_client.*\): the client secret of operators.oidc is wrong or replaced; set TF_VAR_/,
  );
  expect(stderr).not.toContain('wrong-secret');
  expect(exitCode).toBe(1);
  expect((await raise(4, provider.clientSecret)).changed).toEqual([
    expect.stringMatching(/^terraform_data\.operators-oidc_gate_/),
    expect.stringMatching(/^terraform_data\.operators-oidc_secret_/),
  ]);
  expect((await logIn('authorizer', ['webex-admins'])).exitCode).toBe(0);
});

test('a deploy with another issuer fails, and the former login still works', async () => {
  const { oidc } = operated.deployment.operators ?? {};
  operated.declare({ operators: { oidc: oidc && { ...oidc, issuer: `${oidc.issuer}/` } } });
  await expect(operated.deploy()).rejects.toThrow(/auth\/oidc\/config.*error checking oidc discovery URL/);
  operated.declare({ operators: { oidc } });
  expect((await logIn('authorizer', ['webex-admins'])).exitCode).toBe(0);
});

test('the client secret is stored only in Vault', async () => {
  const { data } = await root.read('auth/oidc/config', z.object({ data: z.record(z.string(), z.unknown()) }));
  const files = readdirSync(operated.server.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/vault\.db|raft/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  expect(files.join('\n')).toContain('operators-oidc');
  const all = [JSON.stringify(data), ...files, ...printed, operated.server.node.log].join('\n');
  expect(all.includes(provider.clientSecret)).toBe(false);
});

test('the error says that Vault cannot reach the provider', async () => {
  const { script, url } = await begin('authorizer');
  const redirected = await provider.signIn(url, { groups: ['webex-admins'] });
  await provider[Symbol.asyncDispose]();
  const { stderr, exitCode } = await comeBack(script, redirected);
  expect(stderr).toMatch(
    /error: Vault got no answer from the identity provider https:\S+ \(400: .*connection refused.*\); try again/,
  );
  expect(stderr).not.toContain(new URL(redirected).searchParams.get('code'));
  expect(exitCode).toBe(4);
});
