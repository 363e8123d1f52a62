import { ANALYTICS_SCOPES } from '../../samples/meetings-report/figures';
import { runScript, Script, type ScriptResult } from '../fixtures/programs/script';
import { WrittenVault } from '../../rehearsal/written-vault';

describe('the samples', () => {
  let vault: WrittenVault;
  let env: Record<string, string>;

  beforeAll(async () => {
    vault = await WrittenVault.start({
      credentials: [
        { name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] },
        { name: 'reports', integration: 'webex-myapp', scopes: ANALYTICS_SCOPES },
      ],
      apps: [{ name: 'all', reads: ['testauth', 'reports'] }],
    });
    const { roleId, secretId } = await vault.appLogin('all');
    env = {
      VAULT_ADDR: vault.server.address,
      VAULT_ROLE_ID: roleId,
      VAULT_SECRET_ID: secretId,
      WEBEX_API_URL: vault.webex.apiUrl,
      WEBEX_ANALYTICS_URL: Object.values(vault.webex.analyticsUrls).join(','),
    };
    await vault.engine.authorize(vault.admin, 'testauth');
    await vault.engine.authorize(vault.admin, 'reports', { scopes: ANALYTICS_SCOPES });
  });

  afterAll(() => vault[Symbol.asyncDispose]());

  afterEach(() => (vault.webex.behavior.fault = undefined));

  const peopleMe = (...args: string[]): Promise<ScriptResult> => runScript('samples/people-me.ts', args, env);
  const report = (...args: string[]): Promise<ScriptResult> =>
    runScript('samples/meetings-report.ts', ['--site', 'example.webex.com', '--month', '2026-09', ...args], env);

  it('people-me prints only the display name', async () => {
    expect(await peopleMe()).toEqual({ exitCode: 0, stdout: 'Ada Admin\n', stderr: '' });
  });

  it('report prints the table of a month', async () => {
    const { exitCode, stdout } = await report();
    expect(stdout).toMatch(/^Webex meetings, 2026-09\n/);
    expect(exitCode).toBe(0);
  });

  it('report finds the region of each site', async () => {
    const { exitCode, stdout } = await report('--site', 'example-ca.webex.com', '--no-daily', '--format', 'json');
    const parsed = JSON.parse(stdout) as { sites: { siteUrl: string; source: string }[] };
    expect(parsed.sites.map(({ source }) => source)).toEqual([
      vault.webex.analyticsUrls.us,
      vault.webex.analyticsUrls.ca,
    ]);
    expect(exitCode).toBe(0);
  });

  it('report continues after rate limits and outages', async () => {
    vault.webex.behavior.fault = { path: '/analytics', status: 429, retryAfterSeconds: 1, count: 3 };
    expect((await report('--no-daily')).exitCode).toBe(0);
    vault.webex.behavior.fault = { path: '/analytics', status: 503, count: 2 };
    expect((await report('--no-daily')).exitCode).toBe(0);
  });

  it('report ends on Ctrl-C and says that it was interrupted', async () => {
    vault.webex.behavior.fault = { path: '/analytics', status: 429, retryAfterSeconds: 30 };
    const script = new Script('samples/meetings-report.ts', ['--site', 'example.webex.com', '--no-daily'], env);
    await script.says(/^waiting 3\d s before trying again$/m);
    script.child.kill('SIGINT');
    expect(await script.result()).toMatchObject({
      exitCode: 130,
      stdout: '',
      stderr: expect.stringMatching(/\ninterrupted\n$/) as string,
    });
  });

  it.each([
    ['a month that is none', ['--month', '2026-13'], 2, '--month must be a month like 2026-10, got "2026-13"'],
    ['a month to come', ['--month', '2999-01'], 2, 'no day of 2999-01 is over yet'],
    ['a URL for a site', ['--site', 'https://example.webex.com'], 2, 'use "example.webex.com"'],
    [
      'a credential without the scopes',
      ['--credential', 'testauth'],
      5,
      'the scopes analytics:read_all and identity:people_read',
    ],
    ['a region that is none', ['--region', 'mars'], 2, 'unknown --region "mars"'],
    ['a format that is none', ['--format', 'pdf'], 2, 'unknown --format "pdf"'],
    ['a site that Webex does not know', ['--site', 'nope.webex.com'], 1, 'no figures of site "nope.webex.com"'],
  ])('report explains in one line its refusal of %s', async (_, args, exitCode, message) => {
    const result = await report(...args);
    expect(result.stderr.split('\n').filter((line) => line.startsWith('error: '))).toEqual([
      expect.stringContaining(message),
    ]);
    expect(result.stdout).toBe('');
    expect(result.exitCode).toBe(exitCode);
  });

  it('people-me refuses an unknown option', async () => {
    const { exitCode, stderr } = await peopleMe('--api', 'webexapis.com');
    expect(stderr).toMatch(/^error: Unknown option '--api'.*\n$/);
    expect(exitCode).toBe(2);
  });

  it('people-me names the missing variable if it has no identity', async () => {
    const { exitCode, stderr } = await runScript('samples/people-me.ts', [], { VAULT_ADDR: env.VAULT_ADDR ?? '' });
    expect(stderr).toMatch(/^error: VAULT_ROLE_ID is not set, .*\n$/);
    expect(exitCode).toBe(1);
  });

  it('report asks only the Webex that is named', async () => {
    const other = { ...env, WEBEX_ANALYTICS_URL: '' };
    const named = await runScript('samples/meetings-report.ts', ['--site', 'example.webex.com'], other);
    expect(named.stderr).toBe(
      `error: WEBEX_API_URL names ${vault.webex.apiUrl}, and not the analytics server of that Webex; set WEBEX_ANALYTICS_URL to it\n`,
    );
    expect(named.exitCode).toBe(2);
  });

  it('report names the option for the site if no site is named', async () => {
    const { exitCode, stderr } = await runScript('samples/meetings-report.ts', [], env);
    expect(stderr).toBe('error: no Webex site is named; add --site, like --site example.webex.com\n');
    expect(exitCode).toBe(2);
  });

  it('report says that the person who authorized must be an administrator', async () => {
    await vault.engine.authorize(vault.admin, 'reports', { scopes: ANALYTICS_SCOPES, as: 'uma.user@example.com' });
    const { exitCode, stderr } = await report();
    await vault.engine.authorize(vault.admin, 'reports', { scopes: ANALYTICS_SCOPES });
    expect(stderr).toMatch(
      /^error: Webex refuses the figures of site "example.webex.com".*an administrator of the organization/m,
    );
    expect(exitCode).toBe(5);
  });

  it('report says that the credential is not authorized, and names the command to run', async () => {
    await vault.admin.delete('oauthapp/creds/reports');
    const { exitCode, stderr } = await report();
    await vault.engine.authorize(vault.admin, 'reports', { scopes: ANALYTICS_SCOPES });
    expect(stderr).toBe(
      'error: credential "reports" has no grant: nobody authorized it, or its grant was revoked; run: npx --no-install webex-token-vault authorize reports\n',
    );
    expect(exitCode).toBe(3);
  });
});
