import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { NotAuthorizedYet, readCredential } from '#core';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { CertificateAuthority } from '../../lib/server/certificates/certificate-authority';
import { eventually } from '../../rehearsal/eventually';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { WrittenVault } from '../../rehearsal/written-vault';
import { ConnectProxy } from '../fixtures/loopback/connect-proxy';
import { HeldRequest } from '../fixtures/loopback/held-request';
import { readQrCode } from '../fixtures/pages/qr-reader';
import { CommandRun } from '../fixtures/programs/command-run';
import { Script, type ScriptResult } from '../fixtures/programs/script';
import { runOnTerminal, type TerminalSession, type TerminalSize } from '../fixtures/programs/terminal';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/*
 * Parts of the command outside the ways to a grant: options, prompts, output, the browser and signals. Tests of the ways
 * are in test/lib/grants.
 */

const ADA = 'ada.admin@example.com';
const CONSENT_URL = /(http:\S+\/authorize\?\S+)\n/;

let fixture: WrittenVault;
let environment: Record<string, string>;
let secretFile: string;
const printed: string[] = [];

beforeAll(async () => {
  const shared = { integration: 'webex-myapp', scopes: ['spark:people_read'] };
  fixture = await WrittenVault.start({
    credentials: [
      { name: 'testauth', ...shared },
      { name: 'owned', ...shared, owner: ADA },
    ],
  });
  const token = await fixture.operatorToken('authorizer');
  environment = { ...fixture.environment, VAULT_ADDR: fixture.server.address, VAULT_TOKEN: token };
  secretFile = file('client-secret', fixture.clientSecret);
  fixture.webex.behavior.deviceIntervalSeconds = 0.2;
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(async () => {
  fixture.webex.behavior.deviceCodeTtlSeconds = 36_000;
  await Promise.all(['testauth', 'owned'].map((name) => fixture.admin.delete(`oauthapp/creds/${name}`)));
});

function file(name: string, secret: string, mode = 0o600): string {
  const path = join(fixture.folder, name);
  writeFileSync(path, `${secret}\n`, { mode });
  return path;
}

/** Runs the command in this process. */
function authorize(...args: string[]): CommandRun {
  return new CommandRun('authorize', args, environment);
}

/** Runs the command in a separate process. */
function started(args: string[], env: Record<string, string> = {}): Script {
  return new Script('authorize', args, { ...environment, ...env });
}

async function end(command: CommandRun | Script): Promise<ScriptResult> {
  const result = await command.result();
  printed.push(result.stdout, result.stderr);
  return result;
}

/** Consents at the printed URL. @returns the redirect URL */
async function consent(command: CommandRun | Script): Promise<string> {
  const [, url = ''] = await command.says(CONSENT_URL);
  return fixture.webex.consent(url);
}

async function onTerminal(args: string[], answers: [string, string][], size?: TerminalSize): Promise<TerminalSession> {
  const session = await runOnTerminal('authorize', args, environment, answers, size ?? [60, 120]);
  printed.push(session.screen);
  return session;
}

async function storedToken(name = 'testauth'): Promise<string> {
  return (await readCredential(fixture.admin.connection, 'oauthapp', name)).accessToken;
}

/** A refresh token that a person got from another tool. */
async function existingRefreshToken(): Promise<string> {
  await fixture.engine.authorize(fixture.admin, 'testauth');
  await fixture.admin.delete('oauthapp/creds/testauth');
  return fixture.webex.grants.list().findLast(({ type }) => type === 'refresh')?.value ?? '';
}

/** Command lines of all processes that this user may look at. */
function commandLines(): string {
  const lines = readdirSync('/proc').map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  });
  return lines.join('\n');
}

it('authorize prints the account, the scopes and the expiry', async () => {
  const command = authorize('testauth', '--no-open');
  await fetch(await consent(command));
  const { exitCode, stdout } = await end(command);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^name: {9}Ada Admin\nemail: {8}ada.admin@example.com\norganization: \S+\nasked for: {4}spark:people_read\ngranted: {6}not told\naccess token: until 20\d\d-\S+Z; the engine refreshes it\n$/,
  );
});

it('authorize reports a fault of Webex in one line, with the exit code for a later try', async () => {
  fixture.webex.behavior.fault = { path: '/v1/access_token', dropConnection: true };
  const command = authorize('testauth', '--no-open');
  await fetch(await consent(command));
  const { exitCode, stdout, stderr } = await end(command);
  fixture.webex.behavior.fault = undefined;
  expect(stderr.match(/^error: .*Webex.*$/gm)).toHaveLength(1);
  expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
});

it('authorize accepts a pasted address after a wrong one', async () => {
  const command = authorize('owned', '--no-browser');
  const redirect = await consent(command);
  command.stdin.write(`${redirect.replace('state=', 'state=x')}\n`);
  await command.says(/Ignored: its state is missing, wrong or used already/);
  command.stdin.write(`${redirect}\n`);
  const { exitCode, stdout } = await end(command);
  expect(stdout).toContain('Ada Admin');
  expect(exitCode).toBe(0);
});

it('authorize asks Webex for the account through HTTPS_PROXY, and reaches Vault on loopback directly', async () => {
  const authority = await CertificateAuthority.create();
  const names = { commonName: 'webex', dnsNames: ['webex.test'], ipAddresses: [] };
  const { certificatePem, privateKeyPem } = await authority.issue(names);
  const front = createServer({ cert: certificatePem, key: privateKeyPem }, (asked, answer) => {
    const target = new URL(asked.url ?? '/', fixture.webex.url);
    asked.pipe(
      request(target, { method: asked.method, headers: asked.headers }, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(front, 'listening');
  // Only the proxy knows this name.
  const ports = { 'webex.test:443': (front.address() as AddressInfo).port };
  await using proxy = await ConnectProxy.start({ ports });
  const ca = join(fixture.folder, 'webex-ca.pem');
  writeFileSync(ca, authority.certificatePem);
  const webex = { ...fixture.deployment.webex, apiUrl: 'https://webex.test/v1' };
  const script = started(['owned', '--no-open'], {
    ...deploymentInFile(fixture.folder, { ...fixture.deployment, webex }, 'proxied'),
    HTTPS_PROXY: proxy.url(),
    NODE_EXTRA_CA_CERTS: ca,
  });
  await fetch(await consent(script));
  const { exitCode, stdout } = await end(script);
  front.closeAllConnections();
  front.close();
  expect(stdout).toContain(ADA);
  expect(exitCode).toBe(0);
  expect(new Set(proxy.asked)).toEqual(new Set(['webex.test:443']));
});

describe('the browser that authorize opens', () => {
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));

  /** A browser that records and reads the opened page. The browser stays open as long as the folder exists. */
  function fakeBrowser(): Record<string, string> {
    const noted = join(folder, 'noted');
    const script = `#!/bin/sh\nstat -c %a "\${1#file://}" > ${noted}.mode\ncp "\${1#file://}" ${noted}.html\necho "$1" > ${noted}\nwhile [ -d ${folder} ]; do sleep 0.1; done\n`;
    writeFileSync(join(folder, 'browser'), script, { mode: 0o755 });
    // If a machine has run-mailcap, xdg-open asks it first.
    writeFileSync(join(folder, 'run-mailcap'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    return { BROWSER: join(folder, 'browser'), PATH: `${folder}:${process.env.PATH ?? ''}`, TMPDIR: folder };
  }

  async function opened(): Promise<string> {
    const noted = await eventually(() =>
      readFile(join(folder, 'noted'), 'utf8').then((text) => text.trim() || undefined),
    );
    return noted.replace('file://', '');
  }

  it('the browser gets the page from a private file, and no process has the state in its arguments', async () => {
    const script = started(['owned'], fakeBrowser());
    const [, url = ''] = await script.says(CONSENT_URL);
    const page = await opened();
    const state = new URL(url).searchParams.get('state') ?? '';
    expect(state).toHaveLength(43);
    expect(commandLines()).not.toContain(state);
    expect(readFileSync(join(folder, 'noted.mode'), 'utf8')).toBe('600\n');
    expect(statSync(dirname(page)).mode & 0o777).toBe(0o700);
    const html = readFileSync(join(folder, 'noted.html'), 'utf8');
    expect(html).not.toContain('<script');
    expect(html).toContain('<meta name="referrer" content="no-referrer">');
    expect(/content="0; url=([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')).toBe(url);
    await fetch(await consent(script));
    expect((await end(script)).exitCode).toBe(0);
    expect(existsSync(dirname(page))).toBe(false);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'authorize deletes the private file after %s, and leaves the credential unchanged',
    async (signal, code) => {
      const script = started(['owned'], fakeBrowser());
      const page = await opened();
      expect(existsSync(page)).toBe(true);
      script.child.kill(signal);
      const { exitCode, stdout, stderr } = await end(script);
      expect(stderr).toMatch(/interrupted\n$/);
      expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
      expect(existsSync(dirname(page))).toBe(false);
      await expect(storedToken('owned')).rejects.toBeInstanceOf(NotAuthorizedYet);
    },
  );

  it('authorize says above the URL that the browser did not start, what to do and the remaining time', async () => {
    const browser = fakeBrowser();
    writeFileSync(join(folder, 'browser'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    const script = started(['owned', '--timeout', '100s'], browser);
    const [, seconds, url = ''] = await script.says(
      /The browser could not be started\. If .*--no-browser\.\nOtherwise open this page yourself, within (\d+) s:\n\n {2}(http:\S+\/authorize\?\S+)\n/,
    );
    expect(Number(seconds)).toBeGreaterThan(0);
    expect(Number(seconds)).toBeLessThanOrEqual(100);
    expect(new URL(url).searchParams.get('state')).toHaveLength(43);
    script.child.kill('SIGINT');
    expect((await end(script)).exitCode).toBe(130);
  });
});

it('authorize --pkce reads the client secret from a file, and replaces a grant with one consent', async () => {
  await fixture.engine.authorize(fixture.admin, 'owned');
  const before = await storedToken('owned');
  const command = authorize('owned', '--pkce', '--replace', '--no-open', '--client-secret-file', secretFile);
  await fetch(await consent(command));
  const { exitCode, stdout } = await end(command);
  expect(stdout).toMatch(/^name: {9}Ada Admin\n/);
  expect(stdout).toMatch(/^asked for: {4}spark:people_read\ngranted: {6}spark:kms spark:people_read\naccess token:/m);
  expect(exitCode).toBe(0);
  expect(await storedToken('owned')).not.toBe(before);
});

it('authorize --pkce prints the granted and the missing scopes of a first grant', async () => {
  fixture.webex.behavior.withheld = [{ scopes: ['spark:people_read'] }];
  const command = authorize('testauth', '--pkce', '--json', '--no-open', '--client-secret-file', secretFile);
  await fetch(await consent(command));
  const { stdout, stderr } = await end(command);
  fixture.webex.behavior.withheld = [];
  expect(JSON.parse(stdout)).toMatchObject({
    requested_scopes: ['spark:people_read'],
    granted_scopes: ['spark:kms'],
    missing_scopes: ['spark:people_read'],
  });
  expect(stderr).toContain('The grant of "testauth" lacks "spark:people_read"; select these scopes for integration ');
});

describe('authorize --device', () => {
  it('authorize --device prints a message that can be sent, waits, and leaves the grant in Vault', async () => {
    const command = authorize(
      'owned',
      '--device',
      '--requester',
      'Grace',
      '--client-secret-file',
      secretFile,
      '--json',
    );
    const [message, code = ''] = await command.says(
      /^[^]*type this code: {2}(\d{3} \d{3})\n[^]*Waiting for the consent/,
    );
    for (const line of [
      /asked by: +Grace\n/,
      /app: +integration "webex-myapp" \(client id rehearsal-webex-myapp\)\n/,
      /account: +ada.admin@example.com, in its own organization\n/,
      /scopes: +spark:people_read\n/,
      /until 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\.\n/,
      /only if you expected this/,
    ]) {
      expect(message).toMatch(line);
    }
    expect(message).toContain(`Open ${fixture.webex.url}/verify and type`);
    // There is no terminal for a QR code.
    expect(message).not.toContain('▀');
    await fixture.webex.confirmDevice(code.replace(' ', ''));
    const { exitCode, stdout } = await end(command);
    expect(JSON.parse(stdout)).toMatchObject({ credential: 'owned', email: ADA, warnings: [] });
    expect(exitCode).toBe(0);
    expect(fixture.issued).toContain(await storedToken('owned'));
  });

  it('authorize --device shows a QR code on a wide terminal unless told not to', async () => {
    fixture.webex.behavior.deviceCodeTtlSeconds = 1;
    const args = ['testauth', '--device', '--client-secret-file', secretFile];
    const { screen, exitCode } = await onTerminal(args, []);
    const [, address] = /or open (http\S+)/.exec(screen) ?? [];
    expect(address).toContain('/verify?userCode=');
    expect(readQrCode(screen)).toBe(address);
    expect(screen).toMatch(/error: the code has expired, and nobody accepted/);
    expect(exitCode).toBe(1);
    expect((await onTerminal(args, [], [24, 30])).screen).not.toContain('▀');
    expect((await onTerminal([...args, '--no-qr'], [])).screen).not.toContain('▀');
  });
});

describe('authorize --import', () => {
  it('authorize --import asks for both secrets without showing them', async () => {
    const refreshToken = await existingRefreshToken();
    const { exitCode, screen } = await onTerminal(
      ['testauth', '--import'],
      [
        ['The client secret of "webex-myapp"', fixture.clientSecret],
        ['The refresh token of "testauth"', refreshToken],
      ],
    );
    expect(screen).toMatch(/email: {8}ada.admin@example.com/);
    expect(exitCode).toBe(0);
  });

  it('authorize --import keeps secrets out of arguments, and finishes the import before it is interrupted', async () => {
    fixture.webex.behavior.refresh = 'rotate';
    const refreshToken = await existingRefreshToken();
    const tokenFile = file('refresh-token', refreshToken);
    const held = new HeldRequest();
    fixture.webex.behavior.fault = { path: '/v1/access_token', until: held.until, count: 1 };
    const script = started([
      'testauth',
      '--import',
      '--client-secret-file',
      secretFile,
      '--refresh-token-file',
      tokenFile,
    ]);
    await held.waits;
    const lines = commandLines();
    expect(lines).toContain(tokenFile);
    expect([refreshToken, fixture.clientSecret].filter((secret) => lines.includes(secret))).toEqual([]);
    script.child.kill('SIGINT');
    // The command has noticed the signal. A command that hangs up then loses the grant.
    await script.says(/interrupted/);
    held.release();
    await end(script);
    await fixture.engine.forceRefresh(fixture.admin, 'testauth');
    expect(await fixture.engine.isAccepted(await storedToken())).toBe(true);
    fixture.webex.behavior.refresh = 'renew';
  });
});

it('authorize --import refuses a refresh token from a file that others may read', async () => {
  const tokenFile = file('open', 'a-refresh-token', 0o644);
  const args = ['--import', '--client-secret-file', secretFile, '--refresh-token-file', tokenFile];
  const { exitCode, stdout, stderr } = await end(authorize('testauth', ...args));
  expect(stderr).toMatch(/^error: [^\n]* must be private to its owner, got mode 0644[^\n]*\n$/);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});

describe('the options of authorize', () => {
  it.each([
    [
      ['--replace'],
      /^error: --replace needs --pkce, --device or --import, because .* webex-token-vault revoke testauth\n$/,
    ],
    [['--pkce', '--device'], /'--pkce' cannot be used with option '--device'/],
    [['--import', '--pkce'], /cannot be used with option/],
    [['--device', '--import'], /cannot be used with option/],
    [['--device', '--no-browser'], /'--device' cannot be used with option '--no-browser'/],
    [['--device', '--no-open'], /'--device' cannot be used with option '--no-open'/],
    [
      ['--device', '--timeout', '9s'],
      /--timeout has no effect with --device, because Webex sets the lifetime of the code; leave it out/,
    ],
    [['--import', '--timeout', '9s'], /with --import, because nobody consents; leave it out/],
    [['--import', '--no-browser'], /'--import' cannot be used with option '--no-browser'/],
    [['--client-secret-file', 'f'], /--client-secret-file needs --pkce, --device, --import or a Service App, /],
    [['--pkce', '--refresh-token-file', 'f'], /--refresh-token-file needs --import; leave it out/],
    [['--requester', 'Grace'], /--requester needs --device or a link; leave it out/],
    [['--no-qr'], /--no-qr needs --device or a link; leave it out/],
    [['--notify'], /--notify needs a link, and integration "webex-myapp" redirects to this machine; leave it out, or /],
    [['--pkce'], /no terminal to ask for the client secret/],
  ])('authorize with %j says in one line which options do not fit', async (args, message) => {
    const { exitCode, stdout, stderr } = await end(authorize('testauth', ...args));
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it.each(['--pkce', '--device'])('authorize %s is refused for a Service App', async (way) => {
    const [integration] = fixture.deployment.integrations;
    const declared = defineDeployment({
      ...fixture.engine.declaration,
      vault: { address: fixture.server.address },
      integrations: [integration, { name: 'bot', clientId: 'bot' }].filter((each) => each !== undefined),
      credentials: [
        { name: 'asker', integration: 'webex-myapp', scopes: ['spark:applications_token'] },
        {
          ...{ name: 'testauth', integration: 'bot', scopes: ['spark:people_read'] },
          serviceApp: { id: 'app', organizationId: 'org', requestedBy: 'asker' },
        },
      ],
    });
    const env = { ...environment, ...deploymentInFile(fixture.folder, declared, 'service-app') };
    const { exitCode, stderr } = await end(new CommandRun('authorize', ['testauth', way], env));
    expect(stderr).toBe(
      `error: credential "testauth" belongs to a Service App, so no person consents; leave out ${way}, because its tokens come from "asker"\n`,
    );
    expect(exitCode).toBe(2);
  });
});

it('authorize has printed no code, token or secret, and Vault has logged none', () => {
  const text = printed.join('\n') + fixture.server.log;
  const secrets = [...fixture.issued, fixture.clientSecret, environment.VAULT_TOKEN ?? '', fixture.server.rootToken];
  expect(fixture.issued.length).toBeGreaterThan(10);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
});
