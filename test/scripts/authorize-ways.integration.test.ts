import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NotAuthorizedYet, readCredential } from '#core';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { HeldRequest } from '../fixtures/loopback/held-request';
import { readQrCode } from '../fixtures/pages/qr-reader';
import { Script, type ScriptResult } from '../fixtures/programs/script';
import { runOnTerminal, type TerminalSession, type TerminalSize } from '../fixtures/programs/terminal';
import { WrittenVault } from '../../rehearsal/written-vault';

/* The other ways to a grant, as processes of their own. */

const ADA = 'ada.admin@example.com';
const WIDE: TerminalSize = [60, 120];

let fixture: WrittenVault;
let environment: Record<string, string>;
let secretFile: string;
const printed: string[] = [];

beforeAll(async () => {
  const integration = 'webex-myapp';
  fixture = await WrittenVault.start({
    credentials: [
      { name: 'testauth', integration, scopes: ['spark:people_read'] },
      { name: 'owned', integration, scopes: ['spark:people_read'], owner: ADA },
    ],
  });
  environment = {
    ...fixture.environment,
    VAULT_ADDR: fixture.server.address,
    VAULT_TOKEN: await fixture.operatorToken('authorizer'),
  };
  secretFile = file('client-secret', fixture.clientSecret);
  fixture.webex.behavior.deviceIntervalSeconds = 0.2;
});

afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
});

beforeEach(async () => {
  fixture.webex.behavior.deviceCodeTtlSeconds = 36_000;
  await Promise.all(['testauth', 'owned'].map((name) => fixture.admin.delete(`oauthapp/creds/${name}`)));
});

function file(name: string, secret: string, mode = 0o600): string {
  const path = join(fixture.folder, name);
  writeFileSync(path, `${secret}\n`, { mode });
  return path;
}

function authorize(...args: string[]): Script {
  return new Script('authorize', args, environment);
}

async function end(script: Script): Promise<ScriptResult> {
  const result = await script.result();
  printed.push(result.stdout, result.stderr);
  return result;
}

async function onTerminal(args: string[], answers: [string, string][], size = WIDE): Promise<TerminalSession> {
  const session = await runOnTerminal('authorize', args, environment, answers, size);
  printed.push(session.screen);
  return session;
}

async function storedToken(name = 'testauth'): Promise<string> {
  return (await readCredential(fixture.admin.connection, 'oauthapp', name)).accessToken;
}

/** As somebody got it elsewhere. */
async function existingRefreshToken(): Promise<string> {
  await fixture.engine.authorize(fixture.admin, 'testauth');
  await fixture.admin.delete('oauthapp/creds/testauth');
  return fixture.webex.grants.list().findLast(({ type }) => type === 'refresh')?.value ?? '';
}

/** Of every process that this user may look at. */
function commandLines(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
}

describe('authorize --pkce', () => {
  it('authorize --pkce needs one consent, also to replace a grant, and reads the secret from a file', async () => {
    await fixture.engine.authorize(fixture.admin, 'owned');
    const before = await storedToken('owned');
    const script = authorize('owned', '--pkce', '--replace', '--no-open', '--client-secret-file', secretFile);
    const [, url = ''] = await script.says(/(http:\S+\/authorize\?\S+)\n/);
    await fetch(await fixture.webex.consent(url));
    const { exitCode, stdout } = await end(script);
    expect(stdout).toMatch(/^name: {9}Ada Admin\n/);
    expect(exitCode).toBe(0);
    expect(await storedToken('owned')).not.toBe(before);
  });

  it('authorize --pkce accepts a pasted address', async () => {
    const script = authorize('testauth', '--pkce', '--no-browser', '--client-secret-file', secretFile);
    const [, url = ''] = await script.says(/(http:\S+\/authorize\?\S+)\n/);
    script.child.stdin.write(`${await fixture.webex.consent(url)}\n`);
    expect((await end(script)).exitCode).toBe(0);
    expect(fixture.issued).toContain(await storedToken());
  });
});

describe('authorize --device', () => {
  it('authorize --device prints a message that can be sent, waits, and leaves the grant in Vault', async () => {
    const script = authorize('owned', '--device', '--requester', 'Grace', '--client-secret-file', secretFile, '--json');
    const [, code = ''] = await script.says(/type this code: {2}(\d{3} \d{3})\n/);
    await script.says(/Waiting for the consent/);
    expect(script.stderr).toMatch(/asked by: +Grace\n/);
    expect(script.stderr).toMatch(/app: +integration "webex-myapp" \(client id rehearsal-webex-myapp\)\n/);
    expect(script.stderr).toMatch(/account: +ada.admin@example.com, in its own organization\n/);
    expect(script.stderr).toMatch(/scopes: +spark:people_read\n/);
    expect(script.stderr).toMatch(/until 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\.\n/);
    expect(script.stderr).toContain(`Open ${fixture.webex.url}/verify and type`);
    expect(script.stderr).toContain('only if you expected this');
    // There is no terminal.
    expect(script.stderr).not.toContain('▀');
    await fixture.webex.confirmDevice(code.replace(' ', ''));
    const { exitCode, stdout } = await end(script);
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

  it('authorize --device ends if the request is denied', async () => {
    const script = authorize('testauth', '--device', '--client-secret-file', secretFile);
    const [, code = ''] = await script.says(/type this code: {2}(\d{3} \d{3})\n/);
    await fixture.webex.confirmDevice(code.replace(' ', ''), { decision: 'deny' });
    const { exitCode, stdout, stderr } = await end(script);
    expect(stderr).toMatch(
      /\nerror: the request was denied where the code was typed [^\n]*nothing was changed[^\n]*\n$/,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('authorize --device ends on %s with %i, and leaves the credential unchanged', async (signal, code) => {
    await fixture.engine.authorize(fixture.admin, 'testauth');
    const before = await storedToken();
    const script = authorize('testauth', '--device', '--replace', '--client-secret-file', secretFile);
    await script.says(/Waiting for the consent/);
    script.child.kill(signal);
    const { exitCode, stdout, stderr } = await end(script);
    expect(stderr).toMatch(/\ninterrupted\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    expect(await storedToken()).toBe(before);
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
    expect(fixture.issued).toContain(await storedToken());
  });

  it('authorize --import reads secrets from private files, and no process has them in its arguments', async () => {
    const refreshToken = await existingRefreshToken();
    const tokenFile = file('refresh-token', refreshToken);
    const held = new HeldRequest();
    fixture.webex.behavior.fault = { path: '/v1/access_token', until: held.until, count: 1 };
    const script = authorize(
      ...['testauth', '--import', '--client-secret-file', secretFile, '--refresh-token-file', tokenFile],
    );
    await held.waits;
    const lines = commandLines();
    held.release();
    expect(lines).toContain(tokenFile);
    expect([refreshToken, fixture.clientSecret].filter((secret) => lines.includes(secret))).toEqual([]);
    const { exitCode } = await end(script);
    expect(exitCode).toBe(0);
  });

  it('authorize --import finishes the import that has begun before it is interrupted', async () => {
    fixture.webex.behavior.refresh = 'rotate';
    const tokenFile = file('refresh-token-2', await existingRefreshToken());
    const held = new HeldRequest();
    fixture.webex.behavior.fault = { path: '/v1/access_token', until: held.until, count: 1 };
    const script = authorize(
      ...['testauth', '--import', '--client-secret-file', secretFile, '--refresh-token-file', tokenFile],
    );
    await held.waits;
    script.child.kill('SIGINT');
    // The command has time to notice the signal: one that hangs up then loses the grant.
    await sleep(500);
    held.release();
    await end(script);
    await fixture.engine.forceRefresh(fixture.admin, 'testauth');
    expect(await fixture.engine.isAccepted(await storedToken())).toBe(true);
    fixture.webex.behavior.refresh = 'renew';
  });

  it.each([
    ['others may read', () => file('open', 'a-refresh-token', 0o644), /must be its owner's alone, got mode 0644/],
    ['is empty', () => file('empty', ''), /must be the refresh token alone, and is empty/],
    ['is not there', () => join(fixture.folder, 'nowhere'), /refresh token, .*, cannot be read \(ENOENT\)/],
    ['Webex does not know', () => file('unknown', 'never-issued'), /^error: Webex does not take the refresh token/],
  ])('authorize --import refuses a refresh token from a file that %s', async (_, tokenFile, message) => {
    const args = ['--import', '--client-secret-file', secretFile, '--refresh-token-file', tokenFile()];
    const { exitCode, stdout, stderr } = await end(authorize('testauth', ...args));
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    await expect(storedToken()).rejects.toBeInstanceOf(NotAuthorizedYet);
  });
});

describe('authorize', () => {
  it.each([
    [['--pkce', '--device'], /'--pkce' cannot be used with option '--device'/],
    [['--import', '--pkce'], /cannot be used with option/],
    [['--device', '--import'], /cannot be used with option/],
    [['--device', '--no-browser'], /'--device' cannot be used with option '--no-browser'/],
    [['--device', '--no-open'], /'--device' cannot be used with option '--no-open'/],
    [
      ['--device', '--timeout', '9s'],
      /--timeout limits the wait for a browser, and with --device Webex says how long the code is good; leave it out/,
    ],
    [['--import', '--timeout', '9s'], /with --import nobody consents; leave it out/],
    [['--import', '--no-browser'], /'--import' cannot be used with option '--no-browser'/],
    [['--client-secret-file', 'f'], /--client-secret-file is for Service Apps, --pkce, --device and --import/],
    [['--pkce', '--refresh-token-file', 'f'], /--refresh-token-file is for --import; leave it out/],
    [['--requester', 'Grace'], /--requester is for --device/],
    [['--no-qr'], /--no-qr is for --device/],
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
    const { exitCode, stderr } = await end(new Script('authorize', ['testauth', way], env));
    expect(stderr).toBe(
      `error: credential "testauth" is a Service App's, to which no person consents; leave ${way} out: its tokens come from "asker"\n`,
    );
    expect(exitCode).toBe(2);
  });

  it('authorize has printed no code, token or secret, and Vault has logged none', () => {
    const text = printed.join('\n') + fixture.server.log;
    const secrets = [...fixture.issued, fixture.clientSecret, environment.VAULT_TOKEN ?? ''];
    expect(fixture.issued.length).toBeGreaterThan(20);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });
});
