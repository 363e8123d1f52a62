import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotAuthorizedYet, readCredential } from '#core';
import { authorizerPolicy } from '../../lib/declaration/policies/authorizer-policy';
import { freePort } from '../../lib/processes/free-port';
import { loginReply, recordReply } from '../../lib/vault/replies';
import { eventually } from '../../rehearsal/eventually';
import { HeldRequest } from '../fixtures/loopback/held-request';
import { LoopbackForwarder } from '../fixtures/loopback/loopback-forwarder';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import type { ShownPage, SiteBrowser } from '../fixtures/loopback/site-browser';
import { pageText } from '../fixtures/pages/code-block';
import { readQrCode } from '../fixtures/pages/qr-reader';
import { CommandRun } from '../fixtures/programs/command-run';
import { Nginx, nginxUnavailable } from '../fixtures/programs/nginx';
import { Script, type ScriptResult } from '../fixtures/programs/script';
import { runOnTerminal } from '../fixtures/programs/terminal';
import { disposedAfterEach } from '../fixtures/runs/disposal';
import { testUnless } from '../fixtures/runs/left-out';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';
import { ConsentSiteWorld } from '../fixtures/worlds/consent-site-world';

/*
 * A consent by a link: a real server, the simulated Webex, and browsers of several people behind TLS.
 */

const ADA = 'ada.admin@example.com';
const BLAKE = 'blake.backup@example.com';
const LINK = /^ {2}(https:\/\/grants\.example\.com\/authorize\/\S+)$/m;

const UNTIL_TOKEN = /one consent, until (\S+ \S+) UTC, because the Vault token expires then\./;

const keep = disposedAfterEach();
let world: ConsentSiteWorld;
let environment: Record<string, string>;
let secretFile: string;
/** All output, in which each link stands on its own line alone. */
const printed: string[] = [];
const links: string[] = [];
const states: string[] = [];

beforeAll(async () => {
  const shared = { integration: 'webex-myapp', scopes: ['spark:people_read'] };
  world = await ConsentSiteWorld.start([
    { name: 'owned', ...shared, scopes: ['spark:people_read', 'spark:rooms_read'], owner: ADA },
    { name: 'anybodys', ...shared },
  ]);
  const { fixture } = world;
  const token = await fixture.operatorToken('authorizer');
  environment = { ...fixture.environment, VAULT_ADDR: fixture.server.address, VAULT_TOKEN: token };
  secretFile = join(fixture.folder, 'client-secret');
  writeFileSync(secretFile, `${fixture.clientSecret}\n`, { mode: 0o600 });
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.fixture.admin.delete('oauthapp/creds/owned'));

function tlsOptions(): string[] {
  return ['--tls-cert', world.certFile, '--tls-key', world.keyFile];
}

function argumentsFor(...args: string[]): string[] {
  return [
    'owned',
    '--listen',
    '127.0.0.1:0',
    '--requester',
    'Olga Operator',
    '--client-secret-file',
    secretFile,
    ...args,
  ];
}

/** A command that serves a link. */
class Served {
  #isOver = false;

  private constructor(
    readonly command: CommandRun | Script,
    readonly link: string,
    readonly port: number,
  ) {}

  static async by(command: CommandRun | Script): Promise<Served> {
    const [, link = ''] = await command.says(LINK);
    const [, port] = await command.says(/listens on 127\.0\.0\.1:(\d+)\./);
    links.push(link);
    const running = new Served(command, link, Number(port));
    keep({ [Symbol.asyncDispose]: () => running.#stop() });
    return running;
  }

  /** A test that failed leaves its command running. */
  async #stop(): Promise<void> {
    if (!this.#isOver) {
      this.kill('SIGTERM');
      await this.result();
    }
  }

  browser(): SiteBrowser {
    return world.browser(this.port);
  }

  kill(signal: NodeJS.Signals): void {
    if (this.command instanceof CommandRun) {
      this.command.kill(signal);
    } else {
      this.command.child.kill(signal);
    }
  }

  async result(): Promise<ScriptResult> {
    this.#isOver = true;
    const result = await this.command.result();
    printed.push(result.stdout, result.stderr);
    return result;
  }
}

/** Runs the command in this process. */
function served(args = tlsOptions(), env: Record<string, string> = {}): Promise<Served> {
  return Served.by(new CommandRun('authorize', argumentsFor(...args), { ...environment, ...env }));
}

async function atWebex(page: ShownPage, as: string, decision: 'accept' | 'deny' = 'accept'): Promise<string> {
  const url = page.button ?? '';
  states.push(new URL(url).searchParams.get('state') ?? '');
  return world.fixture.webex.consent(url, { as, decision });
}

/** Opens the link, consents at Webex, and follows the redirect. */
async function consent(
  browser: SiteBrowser,
  link: string,
  as: string,
  decision?: 'accept' | 'deny',
): Promise<ShownPage> {
  return browser.open(await atWebex(await browser.open(link), as, decision));
}

async function storedToken(): Promise<string> {
  return (await readCredential(world.fixture.admin.connection, 'oauthapp', 'owned')).accessToken;
}

function exchanges(): number {
  return world.fixture.webex.requests.filter(({ grantType }) => grantType === 'authorization_code').length;
}

it('a person consents by the link, and the page and the terminal say what was stored', async () => {
  const running = await served();
  const browser = running.browser();
  const page = await browser.open(running.link);
  expect(page).toMatchObject({ status: 200, title: 'A request for your consent in Webex' });
  for (const words of ['Olga Operator', 'owned', 'webex-myapp', ADA, 'spark:people_read']) {
    expect(page.html).toContain(words);
  }
  expect(page.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  expect(new URL(page.button ?? '').searchParams.get('code_challenge_method')).toBe('S256');
  const outcome = await browser.open(await atWebex(page, ADA));
  expect(outcome).toMatchObject({ status: 200, title: 'Your consent is stored' });
  expect(outcome.html).toContain('Ada Admin');
  const { exitCode, stdout, stderr } = await running.result();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^name: {9}Ada Admin\nemail: {8}ada\.admin@example\.com\n/);
  expect(stderr).toMatch(/^Send this link to ada\.admin@example\.com in a way that nobody else reads:\n/);
  expect(stderr).toMatch(/good for one consent, until 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\. /);
  await storedToken();
});

it('a wrong account and a declined request leave the link valid, and each is told to both sides', async () => {
  const running = await served([...tlsOptions(), '--json']);
  const browser = running.browser();
  const wrong = await consent(browser, running.link, BLAKE);
  expect(wrong).toMatchObject({ status: 200, title: 'This is another account', button: running.link });
  expect(wrong.html).toContain(`You consented as ${BLAKE}, and this request is for ${ADA}. Nothing was stored.`);
  await expect(storedToken()).rejects.toThrow(NotAuthorizedYet);
  const declined = await consent(browser, running.link, ADA, 'deny');
  expect(declined).toMatchObject({ status: 200, title: 'Declined', button: running.link });
  expect((await consent(browser, running.link, ADA)).title).toBe('Your consent is stored');
  const { exitCode, stdout, stderr } = await running.result();
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ credential: 'owned', email: ADA });
  expect(stderr.match(/^An attempt failed: .*\. The link stays valid\.$/gm)).toEqual([
    expect.stringContaining(`${BLAKE} consented, but "owned" belongs to ${ADA}; nothing was stored`),
    expect.stringContaining('the consent was denied at Webex'),
  ]);
});

it('the link takes only the redirect of the browser that opened it', async () => {
  const running = await served();
  const [ada, other, stranger] = [running.browser(), running.browser(), running.browser()];
  const redirect = await atWebex(await ada.open(running.link), ADA);
  await other.open(running.link);
  const before = exchanges();
  for (const browser of [other, stranger]) {
    expect(await browser.open(redirect)).toMatchObject({
      status: 400,
      title: 'Open the link again',
      button: undefined,
    });
  }
  const doubled = [
    `${redirect}&state=x`,
    `${redirect}&code=x`,
    `${redirect}&error=x`,
    redirect.replace(/code=[^&]*/, ''),
  ];
  for (const address of doubled) {
    expect((await ada.open(address)).status).toBe(400);
  }
  expect(exchanges()).toBe(before);
  expect((await ada.open(redirect)).title).toBe('Your consent is stored');
  await running.result();
});

it('a person who comes during the exchange of another one waits, and sees that the link was used', async () => {
  const running = await served();
  const [ada, second] = [running.browser(), running.browser()];
  const [first, next] = [
    await atWebex(await ada.open(running.link), ADA),
    await atWebex(await second.open(running.link), ADA),
  ];
  const held = new HeldRequest();
  world.fixture.webex.behavior.fault = { path: '/v1/access_token', until: held.until, count: 1 };
  const outcome = ada.open(first);
  await held.waits;
  const late = second.open(next);
  // The page of the link still opens, so the second redirect has arrived too.
  expect((await running.browser().open(running.link)).html).toContain('Somebody else tried this link');
  held.release();
  expect((await outcome).title).toBe('Your consent is stored');
  expect(await late).toMatchObject({ status: 410, title: 'This link was used' });
  expect((await running.result()).exitCode).toBe(0);
});

it('a repeated redirect gets the same page, and its code is exchanged once', async () => {
  const running = await served();
  const browser = running.browser();
  const redirect = await atWebex(await browser.open(running.link), BLAKE);
  const before = [exchanges(), new Map(browser.cookies)] as const;
  expect((await browser.open(redirect)).title).toBe('This is another account');
  expect((await browser.open(redirect)).title).toBe('Open the link again');
  const copy = running.browser();
  before[1].forEach((value, name) => copy.cookies.set(name, value));
  expect((await copy.open(redirect)).title).toBe('This is another account');
  expect(exchanges()).toBe(before[0] + 1);
  expect((await consent(browser, running.link, ADA)).title).toBe('Your consent is stored');
  await running.result();
});

it('a preview bot uses up nothing, and any other path is unknown', async () => {
  const running = await served();
  const before = world.fixture.webex.requests.length;
  for (let visit = 0; visit < 20; visit++) {
    expect((await running.browser().open(running.link)).status).toBe(200);
  }
  const unknown = await running.browser().open(new URL('/elsewhere', running.link).href);
  expect(unknown.status).toBe(404);
  for (const address of [
    `${running.link}x`,
    running.link.slice(0, -1),
    running.link.toUpperCase().replace('HTTPS', 'https'),
  ]) {
    expect((await running.browser().open(address)).html).toBe(unknown.html);
  }
  expect(world.fixture.webex.requests).toHaveLength(before);
  expect((await consent(running.browser(), running.link, ADA)).title).toBe('Your consent is stored');
  await running.result();
});

it('a proxy of this machine may end TLS', async () => {
  const running = await served([]);
  const certificate = {
    certificatePem: readFileSync(world.certFile, 'utf8'),
    privateKeyPem: readFileSync(world.keyFile, 'utf8'),
  };
  const proxy = keep(await LoopbackForwarder.start(running.port, '127.0.0.1', certificate));
  expect((await consent(world.browser(proxy.port), running.link, ADA)).title).toBe('Your consent is stored');
  expect((await running.result()).exitCode).toBe(0);
});

testUnless(nginxUnavailable())('nginx ends TLS as the page configures it, and logs no link', async () => {
  const running = await served([]);
  const [port, folder] = [await freePort(), temporaryFolder()];
  const [, block = ''] = /```nginx\n(.*?)```/s.exec(pageText('docs/tasks/consent.md')) ?? [];
  const here = {
    'listen 443': `listen 127.0.0.1:${port}`,
    '/etc/ssl/grants.pem': world.certFile,
    '/etc/ssl/private/grants.key': world.keyFile,
    '/var/log/nginx/grants.log': join(folder, 'grants.log'),
    '127.0.0.1:8480': `127.0.0.1:${running.port}`,
  };
  const servers = Object.entries(here).reduce((text, [there, place]) => text.replace(there, place), block);
  expect(Object.values(here).filter((place) => !servers.includes(place))).toEqual([]);
  const nginx = keep(await Nginx.start(servers, port, folder));
  expect((await consent(world.browser(port), running.link, ADA)).title).toBe('Your consent is stored');
  expect((await running.result()).exitCode).toBe(0);
  // Nothing listens behind the proxy any more, which it would log with the path.
  expect((await world.browser(port).open(running.link)).status).toBe(502);
  const logs = ['grants.log', 'access.log', 'start.log'].map((name) => nginx.log(name)).join('');
  expect(logs).not.toContain('authorize');
});

it('a working grant is replaced only with --replace, and by its owner', async () => {
  await world.fixture.engine.authorize(world.fixture.admin, 'owned');
  const before = await storedToken();
  const refused = await new CommandRun('authorize', argumentsFor(...tlsOptions()), environment).result();
  expect(refused.stderr).toMatch(/^error: credential "owned" works already .* authorize owned --pkce --replace\n$/);
  const running = await served([...tlsOptions(), '--pkce', '--replace']);
  const browser = running.browser();
  expect((await browser.open(running.link)).html).toContain('It replaces a consent that works');
  await consent(browser, running.link, BLAKE);
  expect(await storedToken()).toBe(before);
  await consent(browser, running.link, ADA);
  await running.result();
  expect(await storedToken()).not.toBe(before);
});

it('a grant with fewer scopes replaces none, and the link stays valid for one that has them', async () => {
  const { webex, admin } = world.fixture;
  const first = await served();
  await consent(first.browser(), first.link, ADA);
  await first.result();
  const before = await storedToken();

  const again = await served([...tlsOptions(), '--replace']);
  const person = again.browser();
  webex.behavior.withheld = [{ scopes: ['spark:rooms_read'], of: ADA }];
  const less = await consent(person, again.link, ADA).finally(() => (webex.behavior.withheld = []));
  expect(less).toMatchObject({ title: 'Webex granted less', button: again.link });
  expect(await storedToken()).toBe(before);

  expect((await consent(person, again.link, ADA)).title).toBe('Your consent is stored');
  const { stdout, stderr } = await again.result();
  expect(stderr).toContain(
    'the new grant lacks "spark:rooms_read", which the present grant of "owned" has; "owned" is unchanged; ',
  );
  expect(stdout).toMatch(/^granted: {6}spark:kms spark:people_read spark:rooms_read$/m);
  expect(await storedToken()).not.toBe(before);
  const { data } = await admin.read('oauthapp-records/data/consents/owned', recordReply);
  expect(data.data).toMatchObject({
    requestedScopes: ['spark:people_read', 'spark:rooms_read'],
    grantedScopes: ['spark:kms', 'spark:people_read', 'spark:rooms_read'],
  });
});

it('the link expires after --timeout, and the command says so', async () => {
  const running = await served([...tlsOptions(), '--timeout', '1s']);
  const { exitCode, stdout, stderr } = await running.result();
  expect(stderr).toMatch(
    /\nerror: nobody consented before the link expired; nothing was changed; [^\n]*--timeout[^\n]*\n$/,
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});

it('the link ends with a given token that expires sooner, and the command says so', async () => {
  const { admin, deployment } = world.fixture;
  await admin.write('sys/policies/acl/link', { policy: authorizerPolicy(deployment) });
  const tokenFor = async (ttl: string): Promise<string> => {
    const request = { policies: ['link'], no_default_policy: true, ttl };
    return (await admin.write('auth/token/create', request, loginReply)).auth.client_token;
  };
  const running = await served(tlsOptions(), { VAULT_TOKEN: await tokenFor('20m') });
  const [, until = ''] = await running.command.says(UNTIL_TOKEN);
  const leftMs = Date.parse(`${until.replace(' ', 'T')}Z`) - Date.now();
  expect(leftMs).toBeLessThan(20 * 60_000);
  running.kill('SIGINT');
  expect((await running.result()).exitCode).toBe(130);
  const late = new CommandRun('authorize', argumentsFor(...tlsOptions()), {
    ...environment,
    VAULT_TOKEN: await tokenFor('25s'),
  });
  expect(await late.result()).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^error: the Vault token expires at \S+, too soon for a consent; log in again/,
    ) as string,
  });
});

it('an interrupted command finishes the exchange that it has begun', async () => {
  const running = await served();
  const browser = running.browser();
  const redirect = await atWebex(await browser.open(running.link), ADA);
  const held = new HeldRequest();
  world.fixture.webex.behavior.fault = { path: '/v1/access_token', until: held.until, count: 1 };
  const outcome = browser.open(redirect);
  await held.waits;
  running.kill('SIGINT');
  expect((await running.browser().open(running.link)).title).toBe('This link has expired');
  held.release();
  expect((await outcome).title).toBe('Your consent is stored');
  await running.result();
  await storedToken();
});

it('a restart ends the link and the visits that it began', async () => {
  const before = await served();
  const browser = before.browser();
  const redirect = await atWebex(await browser.open(before.link), ADA);
  before.kill('SIGTERM');
  expect((await before.result()).exitCode).toBe(143);
  const running = await served();
  const after = running.browser();
  browser.cookies.forEach((value, name) => after.cookies.set(name, value));
  expect((await after.open(before.link)).status).toBe(404);
  expect((await after.open(redirect)).status).toBe(400);
  expect((await consent(after, running.link, ADA)).title).toBe('Your consent is stored');
  await running.result();
});

it('a new certificate is used without a restart', async () => {
  const running = await served();
  const certificate = await world.renewCertificate();
  await eventually(async () =>
    (await running.browser().certificate(running.link)) === certificate ? true : undefined,
  );
  await consent(running.browser(), running.link, ADA);
  await running.result();
});

describe('--notify', () => {
  it('the webhook gets who asks and until when, without the link', async () => {
    const webhook = keep(await RecordingServer.start());
    const env = { WEBEX_TOKEN_VAULT_WEBHOOK: `${webhook.address}/hook-secret` };
    const running = await served([...tlsOptions(), '--notify'], env);
    await eventually(() => (webhook.requests.length > 0 ? true : undefined));
    await consent(running.browser(), running.link, ADA);
    await running.result();
    const bodies = webhook.requests.map(({ body }) => JSON.parse(body) as unknown);
    expect(bodies).toEqual([
      {
        version: 1,
        text: expect.stringContaining('credential owned: Olga Operator asks for it, until 20') as string,
        changes: [],
        report: null,
        site: null,
        waiting: [
          {
            credential: 'owned',
            cause: null,
            requester: 'Olga Operator',
            until: expect.stringMatching(/^20.*Z$/) as string,
          },
        ],
      },
    ]);
    const sent = JSON.stringify(webhook.requests);
    expect([running.link, 'grants.example.com', ADA].filter((part) => sent.includes(part))).toEqual([]);
  });

  it('a webhook that fails does not end the link', async () => {
    const webhook = keep(await RecordingServer.start((_, response) => response.writeHead(500).end()));
    const running = await served([...tlsOptions(), '--notify', '--webhook', `${webhook.address}/hook-secret`]);
    await running.command.says(/notice: the webhook at 127\.0\.0\.1:\d+ did not get the message: it answered 500\n/);
    await consent(running.browser(), running.link, ADA);
    expect((await running.result()).exitCode).toBe(0);
  });
});

it('the terminal shows the QR code of the link, and asks for the client secret unseen', async () => {
  const args = ['owned', '--listen', '127.0.0.1:0', ...tlsOptions(), '--timeout', '1s'];
  const { screen, exitCode } = await runOnTerminal(
    'authorize',
    args,
    environment,
    [['The client secret of "webex-myapp"', world.fixture.clientSecret]],
    [60, 120],
  );
  const [, link = ''] = /(https:\/\/grants\.example\.com\/authorize\/\S+)/.exec(screen) ?? [];
  links.push(link);
  expect(readQrCode(screen)).toBe(link);
  expect(exitCode).toBe(1);
});

it('the link is in no argument list, and its secret only where it is printed', async () => {
  const running = await Served.by(new Script('authorize', argumentsFor(...tlsOptions()), environment));
  const script = running.command as Script;
  const line = readFileSync(`/proc/${script.child.pid}/cmdline`, 'utf8');
  await consent(running.browser(), running.link, ADA);
  await running.result();
  expect(line).toContain(secretFile);
  const secrets = [
    ...links.map((link) => link.replace(/.*\//, '')),
    ...states,
    ...world.fixture.issued,
    world.fixture.clientSecret,
  ];
  expect(secrets.length).toBeGreaterThan(60);
  expect(secrets.filter((secret) => line.includes(secret))).toEqual([]);
  const text = printed.join('\n').replace(new RegExp(LINK, 'gm'), '') + world.fixture.server.log;
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
});

it('--device needs no site', async () => {
  world.fixture.webex.behavior.deviceIntervalSeconds = 0.2;
  const args = ['owned', '--device', '--client-secret-file', secretFile];
  const command = new CommandRun('authorize', args, environment);
  const [, code = ''] = await command.says(/type this code: {2}(\d{3} \d{3})/);
  await world.fixture.webex.confirmDevice(code.replace(' ', ''), { as: ADA });
  expect((await command.result()).exitCode).toBe(0);
});

it('an operator folder logs in anew when the consent comes', async () => {
  const operators = await world.operatorFolder('authorizer');
  const withoutToken = { ...world.fixture.environment, VAULT_ADDR: world.fixture.server.address };
  const command = new CommandRun('authorize', argumentsFor(...tlsOptions(), '--operators', operators), withoutToken);
  const running = await Served.by(command);
  // This ends the token of all tests of the file, so this test is the last one.
  await world.fixture.admin.write('sys/leases/revoke-prefix/auth/operators/login', {});
  expect((await consent(running.browser(), running.link, ADA)).title).toBe('Your consent is stored');
  expect((await running.result()).exitCode).toBe(0);
});
