import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NotAuthorizedYet, readCredential } from '#core';
import { findIntegration } from '../../lib/declaration/derived/by-name';
import { CertificateAuthority } from '../../lib/server/certificates/certificate-authority';
import { RedirectListener } from '../../lib/browser/redirect-listener';
import { ConnectProxy } from '../fixtures/loopback/connect-proxy';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { eventually } from '../../rehearsal/eventually';
import { Script, type ScriptResult } from '../fixtures/programs/script';
import type { AppLogin } from '../../rehearsal/app-role';
import { WrittenVault } from '../../rehearsal/written-vault';
import { consentRecordSchema } from '../../lib/vault/records/consent-record';
import { Records } from '../../lib/vault/records/record-store';

/* The three commands as processes of their own: authorize, read the token, revoke. */

const began = Date.now();
let fixture: WrittenVault;
let authorizerToken: string;
let app: AppLogin;

/** All that was printed, but for what prints the access token on purpose. */
const printed: string[] = [];

beforeAll(async () => {
  const scopes = ['spark:people_read'];
  fixture = await WrittenVault.start({
    credentials: [
      { name: 'testauth', integration: 'webex-myapp', scopes },
      { name: 'owned', integration: 'webex-myapp', scopes, owner: 'ada.admin@example.com' },
    ],
  });
  authorizerToken = await fixture.operatorToken('authorizer');
  app = await fixture.appLogin('people-me');
});

afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
});

function asAuthorizer(command: string, ...args: string[]): Script {
  return new Script(command, args, { ...environment(), VAULT_TOKEN: authorizerToken });
}

function environment(): Record<string, string> {
  return { ...fixture.environment, VAULT_ADDR: fixture.server.address };
}

async function end(script: Script): Promise<ScriptResult> {
  const result = await script.result();
  printed.push(result.stdout, result.stderr);
  return result;
}

function readToken(env: Record<string, string>, ...args: string[]): Promise<ScriptResult> {
  return new Script('webex-token', args, { ...environment(), ...env }).result();
}

/** Does what the printed URL asks for, and follows the redirect as a browser does. */
async function consent(script: Script, as = 'ada.admin@example.com', after = 0): Promise<void> {
  const url = new RegExp(`(?:[^]*?(http://\\S+/authorize\\?\\S+)\\n){${after + 1}}`);
  const redirect = await fixture.webex.consent((await script.says(url))[1] ?? '', { as });
  await fetch(redirect);
}

async function storedToken(name = 'testauth'): Promise<string> {
  return (await readCredential(fixture.admin.connection, 'oauthapp', name)).accessToken;
}

it('webex-token says that nobody has authorized the credential, and names the command', async () => {
  const { exitCode, stdout, stderr } = await readToken(
    { VAULT_ROLE_ID: app.roleId, VAULT_SECRET_ID: app.secretId },
    'testauth',
  );
  expect(stderr).toBe(
    'error: credential "testauth" is not authorized yet; run: npx --no-install webex-token-vault authorize testauth\n',
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
});

it.each([
  ['answers nonsense', { path: '/v1/access_token', status: 200, body: 'html' }],
  ['is not reached', { path: '/v1/access_token', dropConnection: true }],
] as const)('authorize says in one line that it stored nothing if Webex %s', async (_, fault) => {
  fixture.webex.behavior.fault = fault;
  try {
    const script = asAuthorizer('authorize', 'testauth', '--no-open');
    await consent(script);
    const { exitCode, stdout, stderr } = await end(script);
    expect(stderr.match(/^error: .*Webex.*$/gm)).toHaveLength(1);
    expect(stdout).toBe('');
    expect(exitCode).toBe(4);
  } finally {
    fixture.webex.behavior.fault = undefined;
  }
  await expect(storedToken()).rejects.toThrow('is not authorized yet');
});

it("authorize needs only a token with the authorizer's policy", async () => {
  const script = asAuthorizer('authorize', 'testauth', '--no-open');
  await consent(script);
  const { exitCode, stdout } = await end(script);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^name: {9}Ada Admin\nemail: {8}ada.admin@example.com\norganization: \S+\nasked for: {4}spark:people_read\nexpires: {6}20\d\d-\S+Z\n$/,
  );
});

describe('where Webex is reached by a proxy only', () => {
  // Known to the proxy alone.
  const apiUrl = 'https://webex.test/v1';
  let front: Server;
  let proxy: ConnectProxy;
  let proxied: Record<string, string>;

  beforeAll(async () => {
    const authority = await CertificateAuthority.create();
    const names = { commonName: 'webex', dnsNames: ['webex.test'], ipAddresses: [] };
    const { certificatePem, privateKeyPem } = await authority.issue(names);
    front = createServer({ cert: certificatePem, key: privateKeyPem }, (asked, answer) => {
      const target = new URL(asked.url ?? '/', fixture.webex.url);
      asked.pipe(
        request(target, { method: asked.method, headers: asked.headers }, (reply) => {
          answer.writeHead(reply.statusCode ?? 502, reply.headers);
          reply.pipe(answer);
        }),
      );
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    proxy = await ConnectProxy.start({ ports: { 'webex.test:443': (front.address() as AddressInfo).port } });
    const ca = join(fixture.folder, 'webex-ca.pem');
    writeFileSync(ca, authority.certificatePem);
    proxied = {
      ...deploymentInFile(
        fixture.folder,
        { ...fixture.deployment, webex: { ...fixture.deployment.webex, apiUrl } },
        'proxied',
      ),
      VAULT_ADDR: fixture.server.address,
      VAULT_TOKEN: authorizerToken,
      NODE_EXTRA_CA_CERTS: ca,
    };
  });

  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    front.closeAllConnections();
    front.close();
    await fixture.admin.delete('oauthapp/creds/owned');
  });

  it('authorize notes the account and the time of the consent, and no secret', async () => {
    const records = new Records(fixture.admin, 'oauthapp-records');
    const { value } = await records.read('consents/testauth', consentRecordSchema);
    expect(value).toMatchObject({
      by: { email: 'ada.admin@example.com', orgId: expect.stringMatching(/^Y2lz/) as string },
      accessTokenSeconds: expect.closeTo(1_209_599, -2) as number,
      refreshTokenTtlSeconds: null,
    });
    expect(value?.consentedAt.getTime()).toBeGreaterThan(began);
    expect(fixture.issued.filter((secret) => JSON.stringify(value).includes(secret))).toEqual([]);
  });

  it('authorize asks Webex for the account through HTTPS_PROXY, and reaches Vault on loopback directly', async () => {
    const script = new Script('authorize', ['owned', '--no-open'], { ...proxied, HTTPS_PROXY: proxy.url() });
    await consent(script);
    const { exitCode, stdout } = await end(script);
    expect(stdout).toContain('ada.admin@example.com');
    expect(exitCode).toBe(0);
    expect(new Set(proxy.asked)).toEqual(new Set(['webex.test:443']));
    await fixture.admin.delete('oauthapp/creds/owned');
  });

  it('authorize asks nobody for consent without the needed proxy, and leaves no grant behind', async () => {
    const { exitCode, stdout, stderr } = await end(new Script('authorize', ['owned', '--no-open'], proxied));
    expect(stderr).toMatch(
      /^error: Webex cannot be asked from this machine .*no answer from Webex at https:\/\/webex.test\/v1.*set HTTPS_PROXY.*\n$/,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    await expect(storedToken('owned')).rejects.toBeInstanceOf(NotAuthorizedYet);
  });
});

describe('the browser that it opens', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'browser-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A browser that notes what it was asked to open, reads it, and stays open as long as the folder is there. */
  function fakeBrowser(): Record<string, string> {
    const noted = join(folder, 'noted');
    const script = `#!/bin/sh\nstat -c %a "\${1#file://}" > ${noted}.mode\ncp "\${1#file://}" ${noted}.html\necho "$1" > ${noted}\nwhile [ -d ${folder} ]; do sleep 0.1; done\n`;
    writeFileSync(join(folder, 'browser'), script, { mode: 0o755 });
    // Where a machine has one, xdg-open asks it first.
    writeFileSync(join(folder, 'run-mailcap'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    return { BROWSER: join(folder, 'browser'), PATH: `${folder}:${process.env.PATH ?? ''}`, TMPDIR: folder };
  }

  function opened(): Promise<string> {
    return eventually(() => readFile(join(folder, 'noted'), 'utf8').then((text) => text.trim() || undefined));
  }

  it('the browser gets the page from a private file, and no process has the state in its arguments', async () => {
    const script = new Script('authorize', ['owned'], {
      ...environment(),
      VAULT_TOKEN: authorizerToken,
      ...fakeBrowser(),
    });
    const [, url = ''] = await script.says(/(http:\S+\/authorize\?\S+)\n/);
    const file = (await opened()).replace('file://', '');
    const state = new URL(url).searchParams.get('state') ?? '';
    expect(state).toHaveLength(43);
    expect(commandLines().filter((line) => line.includes(state))).toEqual([]);

    expect(readFileSync(join(folder, 'noted.mode'), 'utf8')).toBe('600\n');
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    const page = readFileSync(join(folder, 'noted.html'), 'utf8');
    expect(page).not.toContain('<script');
    expect(page).toContain('<meta name="referrer" content="no-referrer">');
    expect(/content="0; url=([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&')).toBe(url);

    await consent(script);
    expect((await end(script)).exitCode).toBe(0);
    expect(existsSync(dirname(file))).toBe(false);
    await fixture.admin.delete('oauthapp/creds/owned');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('the private file is deleted after %s', async (signal, code) => {
    const script = new Script('authorize', ['owned'], {
      ...environment(),
      VAULT_TOKEN: authorizerToken,
      ...fakeBrowser(),
    });
    const file = (await opened()).replace('file://', '');
    expect(existsSync(file)).toBe(true);
    script.child.kill(signal);
    expect((await end(script)).exitCode).toBe(code);
    expect(existsSync(dirname(file))).toBe(false);
  });

  it('authorize says above the URL that the browser did not start, what to do and the remaining time', async () => {
    const browser = fakeBrowser();
    writeFileSync(join(folder, 'browser'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    const script = new Script('authorize', ['owned', '--timeout', '100s'], {
      ...environment(),
      VAULT_TOKEN: authorizerToken,
      ...browser,
    });
    const [, seconds, url = ''] = await script.says(
      /The browser could not be started\. If .*--no-browser\.\nOtherwise open this page by hand, within (\d+) s:\n\n {2}(http:\S+\/authorize\?\S+)\n/,
    );
    expect(Number(seconds)).toBeGreaterThan(0);
    expect(Number(seconds)).toBeLessThanOrEqual(100);
    expect(new URL(url).searchParams.get('state')).toHaveLength(43);
    script.child.kill('SIGINT');
    expect((await end(script)).exitCode).toBe(130);
  });

  /** Of every process that this user may look at. */
  function commandLines(): string[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
        } catch {
          return [];
        }
      });
  }
});

it('webex-token prints the access token and nothing else to an app with an AppRole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'secret-id-'));
  try {
    const file = join(folder, 'secret-id');
    writeFileSync(file, `${app.secretId}\n`, { mode: 0o600 });
    const result = await readToken({ VAULT_ROLE_ID: app.roleId, VAULT_SECRET_ID_FILE: file }, 'testauth');
    expect(result).toEqual({ exitCode: 0, stdout: `${await storedToken()}\n`, stderr: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('webex-token prints token, type, expiry and warnings as JSON to a Vault token', async () => {
  const { exitCode, stdout } = await readToken({ VAULT_TOKEN: authorizerToken }, 'testauth', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    access_token: await storedToken(),
    token_type: 'Bearer',
    expire_time: expect.stringMatching(/^20\d\d-\S+Z$/) as unknown,
    warnings: [],
  });
});

it.each([
  [
    'another credential',
    () => ({ VAULT_SECRET_ID: app.secretId }),
    'owned',
    /may not read credential "owned".*"read" on oauthapp\/creds\/owned/,
  ],
  ['a wrong secret id', () => ({ VAULT_SECRET_ID: 'wrong' }), 'testauth', /does not log role id and secret id in/],
])('webex-token refuses the access token to an app with %s', async (_, env, credential, message) => {
  const { exitCode, stdout, stderr } = await readToken({ VAULT_ROLE_ID: app.roleId, ...env() }, credential);
  expect(stderr).toMatch(message);
  expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
});

it('authorize refuses a working credential, and refuses to replace it if Vault exchanges the code', async () => {
  const before = await storedToken();
  const refused = await end(asAuthorizer('authorize', 'testauth', '--no-open'));
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^error: credential "testauth" works already .* --pkce --replace\n$/);
  const replacing = await end(asAuthorizer('authorize', 'testauth', '--no-open', '--replace'));
  expect(replacing).toMatchObject({ exitCode: 2, stdout: '' });
  expect(replacing.stderr).toMatch(
    /^error: --replace needs --pkce, --device or --import: .* webex-token-vault revoke testauth\n$/,
  );
  expect(await storedToken()).toBe(before);
});

it('authorize refuses an account that is not the owner', async () => {
  const script = asAuthorizer('authorize', 'owned', '--no-open');
  await consent(script, 'blake.backup@example.com');
  expect((await end(script)).exitCode).toBe(1);
  await expect(storedToken('owned')).rejects.toBeInstanceOf(NotAuthorizedYet);
});

it('authorize accepts a pasted address after a wrong one', async () => {
  const script = asAuthorizer('authorize', 'owned', '--no-browser');
  const [, url] = await script.says(/(http:\S+)\n/);
  const redirect = await fixture.webex.consent(url ?? '');
  script.child.stdin.write(`${redirect.replace('state=', 'state=x')}\n`);
  await script.says(/Ignored: its state is missing, wrong or already used/);
  script.child.stdin.write(`${redirect}\n`);
  const { exitCode, stdout } = await end(script);
  expect(stdout).toContain('Ada Admin');
  expect(exitCode).toBe(0);
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('authorize ends on %s with %i, and leaves the credential unchanged', async (signal, code) => {
  await fixture.admin.delete('oauthapp/creds/owned');
  const script = asAuthorizer('authorize', 'owned', '--no-open');
  await script.says(/\/authorize\?/);
  script.child.kill(signal);
  const { exitCode, stdout, stderr } = await end(script);
  expect(stderr).toMatch(/interrupted\n$/);
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
  await expect(storedToken('owned')).rejects.toBeInstanceOf(NotAuthorizedYet);
});

it('authorize ends if nobody consents in time, and frees the port', async () => {
  const { exitCode, stderr } = await end(asAuthorizer('authorize', 'owned', '--no-open', '--timeout', '1s'));
  expect(stderr).toMatch(/error: nobody consented within 1 s; nothing was changed/);
  expect(exitCode).toBe(1);
  const { redirectUrl } = findIntegration(fixture.deployment, 'webex-myapp');
  await (await RedirectListener.bind(redirectUrl))[Symbol.asyncDispose]();
});

it('revoke requires a confirmation', async () => {
  const { exitCode, stderr } = await end(asAuthorizer('revoke', 'testauth'));
  expect(stderr).toMatch(/no terminal to ask .* say so with --yes/);
  expect(exitCode).toBe(2);
  expect(fixture.issued).toContain(await storedToken());
});

it('revoke deletes the grant, and says which tokens Webex still accepts and how to end them', async () => {
  const { expireTime } = await readCredential(fixture.admin.connection, 'oauthapp', 'testauth');
  const { exitCode, stdout } = await end(asAuthorizer('revoke', 'testauth', '--yes'));
  expect(exitCode).toBe(0);
  expect(stdout).toContain('"testauth" is deleted in Vault.');
  expect(stdout).toContain(`until it expires, at ${expireTime?.toISOString() ?? ''}`);
  expect(stdout).toContain(`the page for tokens of the Webex behind ${fixture.webex.apiUrl}`);
  expect(stdout).toContain('/authorizations?clientId=rehearsal-webex-myapp');
  await expect(storedToken()).rejects.toBeInstanceOf(NotAuthorizedYet);
});

it('revoke says that there is no credential to revoke', async () => {
  const { exitCode, stderr } = await end(asAuthorizer('revoke', 'testauth', '--yes'));
  expect(stderr).toBe('error: there is no credential "testauth" in Vault, so there is nothing to revoke\n');
  expect(exitCode).toBe(3);
});

it('the commands have printed no code, token or secret', () => {
  const text = printed.join('\n') + fixture.server.log;
  const secrets = [...fixture.issued, fixture.clientSecret, authorizerToken, app.secretId, fixture.server.rootToken];
  expect(fixture.issued.length).toBeGreaterThan(10);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
});
