import { setTimeout as sleep } from 'node:timers/promises';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { policyNameOf } from '../../lib/declaration/derived/policy-names';
import { partOf } from '../../lib/health/looks/observations';
import { operatorsOf, renewOperator } from '../../lib/operators/operators';
import { appRole } from '../../rehearsal/app-role';
import { runCommand } from '../fixtures/programs/command-run';
import { isOnVault } from '../../rehearsal/server/is-on-vault';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import { Script, type ScriptResult } from '../fixtures/programs/script';
import { runOnTerminal } from '../fixtures/programs/terminal';
import { WrittenVault } from '../../rehearsal/written-vault';

/* The output of `status` for each state of a grant, on the real engine. */

const line = z.looseObject({
  name: z.string(),
  state: z.string(),
  severity: z.string(),
  detail: z.string(),
  next: z.string().nullable(),
});
const reported = z.object({
  severity: z.string(),
  server: line,
  engine: line,
  integrations: z.array(line),
  credentials: z.array(
    line.extend({
      expire_time: z.string().nullable(),
      refreshed_at: z.string().nullable(),
      failing_since: z.string().nullable(),
      consented_by: z.string().nullable(),
      organization: z.string().nullable(),
      horizon: z.object({ until: z.string(), assumption: z.string().nullable() }).nullable(),
      granted_scopes: z.array(z.string()).nullable(),
      missing_scopes: z.array(z.string()).nullable(),
      verified: z.object({ email: z.string() }).nullable(),
      notes: z.array(z.string()),
      tokens: z.array(z.object({ expire_time: z.string() })),
    }),
  ),
  apps: z.array(line),
});
type Reported = z.output<typeof reported>;

let vault: WrittenVault;
let token: string;
const printed: string[] = [];

beforeAll(async () => {
  vault = await WrittenVault.start();
  // The stack declares the same settings.
  const { refreshCheckIntervalSeconds } = vault.deployment.engine.tuning;
  await vault.admin.write('oauthapp/config', {
    tune_refresh_check_interval_seconds: refreshCheckIntervalSeconds,
    tune_refresh_expiry_delta_factor: 1,
    tune_reap_check_interval_seconds: 0,
  });
  await vault.appLogin('people-me');
  token = await vault.operatorToken('observer');
  for (const name of operatorsOf(vault.deployment)) {
    await renewOperator(vault.admin, name, () => Promise.resolve());
  }
});

afterAll(() => vault[Symbol.asyncDispose]());

async function status(args: readonly string[] = [], env: Record<string, string> = {}): Promise<ScriptResult> {
  const result = await runCommand('status', args, { ...vault.environment, VAULT_TOKEN: token, ...env });
  printed.push(result.stdout, result.stderr);
  return result;
}

async function looked(...args: string[]): Promise<Reported & { exitCode: number }> {
  const { exitCode, stdout, stderr } = await status(['--json', ...args]);
  expect(stderr).toBe('');
  return { ...reported.parse(JSON.parse(stdout)), exitCode };
}

async function credential(...args: string[]) {
  const { credentials, exitCode } = await looked(...args);
  return { ...credentials[0], exitCode };
}

it('status --exit-zero exits with 0 after any look, and with another code if there was none', async () => {
  expect((await status()).exitCode).toBe(2);
  expect((await status(['--exit-zero'])).exitCode).toBe(0);
  expect((await status(['--exit-zero'], { VAULT_ADDR: 'http://127.0.0.1:1' })).exitCode).toBe(0);
  expect((await status(['--exit-zero'], { VAULT_TOKEN: 's.unknown' })).exitCode).toBe(3);
});

it('status says that nobody has consented yet, and names the command to run', async () => {
  expect(await credential()).toMatchObject({
    state: 'never authorized',
    severity: 'broken',
    next: 'npx --no-install webex-token-vault authorize testauth',
    exitCode: 2,
  });
});

describe('the scopes of a grant', () => {
  const record = 'oauthapp-records/data/consents/testauth';
  const noted = async (scopes: object) => {
    await vault.admin.write(record, {
      data: {
        version: 1,
        consentedAt: '2026-11-01T00:00:00Z',
        by: null,
        accessTokenSeconds: null,
        refreshTokenTtlSeconds: null,
        ...scopes,
      },
    });
    return await credential();
  };
  beforeAll(() => vault.authorize());
  afterAll(async () => {
    await vault.admin.delete('oauthapp/creds/testauth');
    await vault.admin.delete('oauthapp-records/metadata/consents/testauth');
  });

  it('status says null if they were not told, also in the record of an earlier release', async () => {
    expect(await credential()).toMatchObject({ state: 'healthy', granted_scopes: null, missing_scopes: null });
    expect(await noted({})).toMatchObject({ state: 'healthy', granted_scopes: null, missing_scopes: null });
  });

  it('status names the scopes that are missing, and the command to authorize anew', async () => {
    expect(await noted({ grantedScopes: ['spark:kms'] })).toMatchObject({
      state: 'scopes missing',
      severity: 'attention',
      detail: 'its token expires in 13 days, and its grant lacks "spark:people_read"',
      next: 'npx --no-install webex-token-vault authorize testauth --pkce --replace',
      granted_scopes: ['spark:kms'],
      missing_scopes: ['spark:people_read'],
      exitCode: 1,
    });
    expect((await status()).stdout).toMatch(
      /^soon {4}credential testauth +scopes missing +its token expires in 13 days, and its grant lacks "spark:people_read"; /m,
    );
    const metrics = await runCommand('metrics', [], { ...vault.environment, VAULT_TOKEN: token });
    expect(metrics.stdout).toContain(
      'webex_token_vault_credential_scope_missing{credential="testauth",integration="webex-myapp",scope="spark:people_read"} 1\n',
    );
  });

  it('status names the scopes that the consent did not ask for', async () => {
    expect(await noted({ requestedScopes: ['spark:rooms_read'] })).toMatchObject({
      state: 'scopes missing',
      detail: 'its token expires in 13 days, and its consent did not ask for "spark:people_read"',
      granted_scopes: null,
      missing_scopes: ['spark:people_read'],
    });
  });

  it('another trouble of the grant keeps its state, and a note names the missing scopes', async () => {
    vault.webex.behavior.fault = { path: '/v1/access_token', status: 503, count: 1 };
    await vault.engine.forceRefresh(vault.admin, 'testauth');
    expect(await noted({ grantedScopes: [] })).toMatchObject({
      state: 'failing',
      notes: ['its grant lacks "spark:people_read"'],
      missing_scopes: ['spark:people_read'],
    });
    await vault.engine.forceRefresh(vault.admin, 'testauth');
  });

  it('status --verify notes that Webex refuses what a scope allowed, after an administrator took it away', async () => {
    vault.webex.grants.withdrawScopes({ scopes: ['spark:people_read'] });
    expect(await noted({ grantedScopes: ['spark:people_read'] })).toMatchObject({ state: 'healthy', notes: [] });
    expect((await credential('--verify')).notes).toEqual([
      'Webex refuses to name its account (403), although "spark:people_read" is declared; an administrator may have taken the scope or the role away',
    ]);
  });
});

describe('a working grant', () => {
  beforeAll(() => vault.authorize());

  it('status says by whom a grant was given and until when it works', async () => {
    expect(await credential()).toMatchObject({
      state: 'healthy',
      consented_by: 'ada.admin@example.com',
      verified: null,
      notes: [],
      horizon: { assumption: expect.stringMatching(/90 days and a refresh does not extend them/) as string },
      exitCode: 0,
    });
    expect((await looked()).severity).toBe('healthy');
  });

  it('status asks Webex for the account only with --verify', async () => {
    const before = vault.webex.requests.length;
    await status();
    expect(vault.webex.requests.slice(before)).toEqual([]);
    expect(await credential('--verify')).toMatchObject({ verified: { email: 'ada.admin@example.com' } });
    expect(vault.webex.requests.slice(before).map(({ path }) => path)).toEqual(['/v1/people/me']);
  });

  it('status shows a working grant on one line to a person', async () => {
    const { stdout, exitCode } = await status();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^ok {6}credential testauth +healthy +its token expires in 13 days; token issued \d+ s ago; grant until \d{4}-\d\d-\d\d \(in 89 days\); consent by ada\.admin@example\.com on \d{4}-\d\d-\d\d$/m,
    );
    expect(stdout).not.toContain('Next:');
  });

  it('status --brief prints only the first line, which names no account', async () => {
    const { exitCode, stdout, stderr } = await status(['--brief']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^OK - \d+ of \d+ healthy\n$/);
  });

  it('status notices a refresh by the new token after it', async () => {
    expect((await credential()).tokens).toHaveLength(1);
    vault.webex.behavior.accessTokenTtlSeconds = 1_000_000;
    const began = Date.now();
    await vault.engine.forceRefresh(vault.admin, 'testauth');
    const { tokens, refreshed_at, state } = await credential();
    expect(tokens).toHaveLength(2);
    expect(state).toBe('healthy');
    expect(Date.parse(refreshed_at ?? '')).toBeGreaterThan(began - 60_000);
  });

  it('status says that a refresh fails, since when and why, while the token is valid', async () => {
    vault.webex.behavior.fault = { path: '/v1/access_token', status: 503 };
    await vault.engine.forceRefresh(vault.admin, 'testauth');
    vault.webex.behavior.fault = undefined;
    const first = await credential();
    expect(first).toMatchObject({ state: 'failing', severity: 'attention', exitCode: 1 });
    expect(first.detail).toMatch(
      /^refreshing fails \(first seen .* ago\), .*: 1 attempt\(s\) to refresh this token failed, most recently: /,
    );
    expect((await credential()).failing_since).toBe(first.failing_since);
    await vault.engine.forceRefresh(vault.admin, 'testauth');
    expect(await credential()).toMatchObject({ state: 'healthy', failing_since: null, exitCode: 0 });
  });

  it('status says that Webex refuses the integration, and how to rotate its secret', async () => {
    await vault.engine.writeIntegration(vault.admin, 'wrong');
    await vault.engine.forceRefresh(vault.admin, 'testauth');
    await vault.engine.writeIntegration(vault.admin);
    const { credentials, integrations, exitCode } = await looked();
    expect(credentials[0]).toMatchObject({
      state: 'integration refused',
      severity: 'attention',
      next: 'npx --no-install webex-token-vault rotate-secret webex-myapp',
    });
    expect(integrations[0]).toMatchObject({ state: 'refused', severity: 'attention' });
    expect(exitCode).toBe(1);
    await vault.engine.forceRefresh(vault.admin, 'testauth');
  });

  it('status --verify finds that the grant was revoked at Webex before any refresh', async () => {
    vault.webex.grants.revokeAll();
    expect(await credential()).toMatchObject({ state: 'healthy' });
    const revoked = await credential('--verify');
    expect(revoked).toMatchObject({ state: 'refused by Webex', severity: 'broken', exitCode: 2 });
    expect(revoked.detail).toContain('(401: ');
  });

  it('status says that Webex no longer renews the grant, after the engine has noticed', async () => {
    await vault.engine.forceRefresh(vault.admin, 'testauth');
    const refused = await credential();
    expect(refused).toMatchObject({
      state: 're-authorization required',
      severity: 'attention',
      next: 'npx --no-install webex-token-vault authorize testauth --pkce --replace',
    });
    expect(refused.horizon).toEqual({ until: refused.expire_time, assumption: null });
    // Only `--verify` shows Webex's reason.
    expect((await credential('--verify')).detail).toMatch(/\(401: .*\): .*invalid_grant: .* has ended: it was revoked/);
  });

  it('status says that a former grant is gone', async () => {
    await vault.admin.delete('oauthapp/creds/testauth');
    const gone = await credential();
    expect(gone).toMatchObject({ state: 'gone', severity: 'broken' });
    expect(gone.detail).toMatch(/^ada\.admin@example\.com consented on .*, and the engine has no grant any more/);
  });
});

describe('secret ids', () => {
  const role = 'auth/approle/role/people-me';

  it('status says that an app has no secret id', async () => {
    await vault.admin.write('auth/approle/role/people-me/secret-id-accessor/destroy', {
      secret_id_accessor: (await vault.admin.list(`${role}/secret-id`))[0],
    });
    expect((await looked()).apps).toMatchObject([
      { state: 'none', severity: 'attention', next: 'npx --no-install webex-token-vault issue people-me' },
    ]);
  });

  it('status says that a listed secret id has expired, if the server tells its expiry', async () => {
    await vault.admin.write(role, { secret_id_ttl: '1s', token_policies: ['x'] });
    await appRole(vault.admin, vault.deployment, 'people-me');
    await sleep(1500);
    expect(await vault.admin.list(`${role}/secret-id`)).toHaveLength(1);
    // OpenBao does not tell when the secret id expired.
    expect((await looked()).apps).toMatchObject([
      isOnVault ? { state: 'expired', severity: 'broken' } : { state: 'none', severity: 'attention' },
    ]);
  });

  it('status says that the last secret id expires soon', async () => {
    const ttl = `${8 * 86_400}s`;
    await vault.admin.write(role, { secret_id_ttl: ttl, token_policies: ['x'] });
    await appRole(vault.admin, vault.deployment, 'people-me');
    expect((await looked()).apps).toMatchObject([{ state: 'good', severity: 'healthy' }]);
    const accessors = await vault.admin.list(`${role}/secret-id`);
    await vault.admin.write(`${role}/secret-id-accessor/destroy`, { secret_id_accessor: accessors[0] });
    await vault.admin.write(role, { secret_id_ttl: '10h' });
    await appRole(vault.admin, vault.deployment, 'people-me');
    const { apps } = await looked();
    expect(apps[0]?.state).toBe('good');
  });
});

it('status reports damaged or newer records, and still reports all other facts', async () => {
  await vault.admin.write('oauthapp-records/data/consents/testauth', { data: { version: 7 } });
  const seen = `oauthapp-records/data/observations/${partOf('testauth')}`;
  await vault.admin.write(seen, { data: { version: 1, seen: 'nothing' } });
  expect(await credential()).toMatchObject({
    state: 'never authorized',
    notes: [
      'the consent is unknown: the record has format 7, and this release reads format 1; use the release that wrote it',
      'earlier looks are unknown: the record is damaged',
    ],
  });
});

it.each([
  ['holds no right', () => vault.tokenWith('path "x" { capabilities = ["read"] }')],
  ['is not valid', () => Promise.resolve('s.unknown')],
])('status says in one line that the token %s', async (_, given) => {
  const { exitCode, stdout, stderr } = await status([], { VAULT_TOKEN: await given() });
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toMatch(
    /^error: the token in VAULT_TOKEN may read nothing: it is invalid, or lacks .*; log in as the observer, or deploy its policy "oauthapp-observer": npx --no-install webex-token-vault deploy webex-tokens\n$/,
  );
});

it('status says that no grant can be read if the server is unreachable', async () => {
  const { exitCode, stdout } = await status([], { VAULT_ADDR: 'http://127.0.0.1:1' });
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/^UNKNOWN - the server is unreachable, so the state of the grants is unknown\n\n/);
  expect(stdout).toMatch(/^BROKEN {2}server http:\/\/127\.0\.0\.1:1 +unreachable +no answer from Vault .*$/m);
  expect(stdout).toMatch(/^BROKEN {2}credential testauth +unknown +nobody can read it: the server is unreachable$/m);
});

describe('--watch', () => {
  it('status --watch redraws the last look at any terminal size, and restores the terminal', async () => {
    const { exitCode, screen } = await runOnTerminal(
      'status',
      ['--watch'],
      { ...vault.environment, VAULT_TOKEN: token, TERM: 'xterm' },
      [
        ['testauth', [20, 140]],
        ['never authorized  nobody has consented yet', '\u0003'],
      ],
      [30, 70],
    );
    expect(exitCode).toBe(130);
    // eslint-disable-next-line no-control-regex -- the escape sequences are the point
    expect(screen).toMatch(/^\u001b\[\?1049h[^]*\u001b\[\?1049l(?:\^C)?[\r\n]*interrupted\r\n$/);
    expect(screen).toContain('Every 60 s; Ctrl-C ends it.');
    expect(screen).toContain('\u001b[31mBROKEN  \u001b[39mcredential testauth  never authorized');
  });

  it('status --watch prints a line of JSON for each look to a program until it is stopped', async () => {
    const watching = new Script('status', ['--watch', '--interval', '10s', '--json'], {
      ...vault.environment,
      VAULT_TOKEN: token,
    });
    await watching.prints(/\n.*\n/);
    watching.child.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await watching.result();
    const looks = stdout
      .trimEnd()
      .split('\n')
      .map((text) => reported.parse(JSON.parse(text)));
    expect(looks.map(({ server }) => server.state)).toEqual(['up', 'up']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 143, stderr: 'interrupted\n' });
  });

  it.each([
    [['--watch', '--interval', '9s'], /'9s' is invalid\. It must be at least 10s, got "9s"\.$/],
    [['--interval', '30s'], /--interval needs --watch/],
  ])('status --watch refuses %j', async (args, line) => {
    const { exitCode, stderr } = await status(args);
    expect({ exitCode, stderr: stderr.trimEnd() }).toEqual({
      exitCode: 3,
      stderr: expect.stringMatching(line) as string,
    });
  });
});

describe('--html', () => {
  it('status --html writes a private page beside the table', async () => {
    const file = join(vault.folder, 'grants.html');
    const { stdout, stderr } = await status(['--html', file]);
    expect(stderr).toBe('');
    expect(stdout).toContain('credential testauth');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const page = readFileSync(file, 'utf8');
    expect(page).toContain('Timeline of testauth');
    printed.push(page);
  });

  it.each([
    ['where git would see it', 'grants.html', /^error: git does not ignore grants\.html, so a commit could include it/],
    [
      'where there is no folder',
      '/nowhere/grants.html',
      /^error: the page \/nowhere\/grants\.html cannot be written \(ENOENT\)/,
    ],
  ])('status --html does not write the page %s', async (_, file, line) => {
    const { exitCode, stderr } = await status(['--html', file]);
    expect(stderr).toMatch(line);
    expect(exitCode).toBeGreaterThan(0);
  });
});

describe('--webhook', () => {
  let server: RecordingServer;
  let answer: number;
  const told = (): { WEBEX_TOKEN_VAULT_WEBHOOK: string; XDG_STATE_HOME: string } => ({
    WEBEX_TOKEN_VAULT_WEBHOOK: `${server.address}/v1/webhooks/incoming/the-secret-of-it`,
    XDG_STATE_HOME: join(vault.folder, 'state'),
  });

  beforeAll(async () => {
    answer = 500;
    server = await RecordingServer.start((_, response) => response.writeHead(answer).end());
    await vault.admin.delete('oauthapp-records/metadata/consents/testauth');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('status --webhook reports a failed notification, and sends it once in the next run', async () => {
    const failed = await status([], told());
    expect(failed.stderr).toMatch(
      /^error: \d+ change\(s\) could not be sent to the webhook at 127\.0\.0\.1:\d+: it answered 500; the next run tries again\n$/,
    );
    expect(failed).toMatchObject({
      exitCode: 2,
      stdout: expect.stringMatching(/credential testauth +never authorized/) as string,
    });
    answer = 204;
    expect((await status([], told())).stderr).toBe('');
    expect((await status([], told())).stderr).toBe('');
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.body).toContain(
      'credential testauth: never authorized; nobody has consented yet Next: `npx --no-install webex-token-vault authorize testauth`',
    );
    printed.push(...server.requests.map(({ body }) => body));
  });

  it('status --webhook reports that the observer cannot look, and keeps that exit code', async () => {
    const blind = await status([], { ...told(), VAULT_TOKEN: 's.unknown' });
    expect(blind).toMatchObject({ exitCode: 3, stdout: '' });
    expect(server.requests.at(-1)?.body).toMatch(/the look: failed; the token in VAULT\S+TOKEN may read nothing/);
    await status([], told());
    expect(server.requests.at(-1)?.body).toContain('the look succeeds again');
  });

  it('status --exit-zero exits with 1 if the webhook has failed', async () => {
    answer = 500;
    const unknown = { ...told(), XDG_STATE_HOME: join(vault.folder, 'other-state') };
    expect((await status(['--exit-zero'], unknown)).exitCode).toBe(1);
    answer = 204;
  });

  it('status --webhook exits with 1 if only the webhook has failed', async () => {
    await vault.authorize();
    await vault.engine.writeIntegration(vault.admin);
    await vault.admin.write('oauthapp/config', {
      tune_refresh_check_interval_seconds: 3600,
      tune_refresh_expiry_delta_factor: 1,
      tune_reap_check_interval_seconds: 0,
    });
    await vault.appLogin('people-me');
    await status([], told());
    expect(server.requests.at(-1)?.body).toContain('credential testauth is healthy again (before: never authorized)');
    expect((await status()).exitCode).toBe(0);
    await vault.admin.delete('oauthapp/creds/testauth');
    expect((await status([], told())).exitCode).toBe(2);
    answer = 503;
    await vault.authorize();
    const { exitCode, stderr } = await status([], told());
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('1 change(s) could not be sent to the webhook') as string,
    });
  });

  it.each([
    ['--webhook', 'http://hooks.example.com/hush'],
    ['--webhook-state', 'hush'],
  ])('status --webhook refuses %s %s in one line, and does not repeat the webhook', async (...args) => {
    const { exitCode, stderr } = await status(args);
    expect(stderr).toMatch(/^error: .*WEBEX_TOKEN_VAULT_WEBHOOK.*\n$/);
    expect(stderr).not.toContain('hush');
    expect(exitCode).toBe(3);
  });
});

it('status needs only the policy that the stack gives the observer', async () => {
  const reply = z.object({ data: z.object({ policies: z.array(z.string()) }) });
  const { data } = await vault.admin.write('auth/token/lookup', { token }, reply);
  expect(data.policies).toEqual([policyNameOf('oauthapp', 'observer')]);
});

it('status prints no secret', () => {
  const secrets = [...vault.issued, vault.clientSecret, token, 'the-secret-of-it'];
  expect(secrets.filter((secret) => printed.join('\n').includes(secret))).toEqual([]);
});
