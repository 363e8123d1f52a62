import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { BACKUP_RECORD, consentRecord } from '../../lib/declaration/schema/record-paths';
import { OPERATORS_VARIABLE, writeOperatorLogin } from '../../lib/operators/operator-folder';
import { operatorsOf, renewOperator } from '../../lib/operators/operators';
import { consentRecordSchema } from '../../lib/vault/records/consent-record';
import { Records } from '../../lib/vault/records/record-store';
import { runCommand } from '../fixtures/programs/command-run';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { eventually } from '../../rehearsal/eventually';
import { describeUnless } from '../fixtures/runs/left-out';
import { Prometheus, prometheusUnavailable, promtool } from '../fixtures/programs/prometheus';
import { Script, type ScriptResult } from '../fixtures/programs/script';
import { WrittenVault } from '../../rehearsal/written-vault';

/* Metrics of the real engine, read by the real Prometheus. */

const ALERTS = resolve(__dirname, '../../monitoring/alerts.yml');
const DASHBOARD = resolve(__dirname, '../../monitoring/grafana-dashboard.json');

let vault: WrittenVault;
let operators: string;
let environment: Record<string, string>;
const secrets: string[] = [];
const printed: string[] = [];

beforeAll(async () => {
  vault = await WrittenVault.start();
  const { tuning, recordsPath } = vault.deployment.engine;
  await vault.admin.write('oauthapp/config', {
    tune_refresh_check_interval_seconds: tuning.refreshCheckIntervalSeconds,
    tune_refresh_expiry_delta_factor: 1,
    tune_reap_check_interval_seconds: 0,
  });
  await vault.operatorToken('observer');
  // The next write of the role keeps this setting.
  await vault.admin.write('auth/approle/role/people-me', { secret_id_ttl: '1440h' });
  await vault.appLogin('people-me');
  operators = join(vault.folder, 'operators');
  mkdirSync(operators);
  for (const name of operatorsOf(vault.deployment)) {
    await renewOperator(vault.admin, name, async (login) => {
      await writeOperatorLogin(operators, name, login);
      secrets.push(login.secretId);
    });
  }
  // The deployment also declares a server, and therefore has a backup to check.
  const production = { ...vault.engine.declaration, vault: { server: { mode: 'production' } } } as const;
  environment = {
    ...deploymentInFile(vault.folder, defineDeployment(production), 'production'),
    VAULT_ADDR: vault.server.address,
    [OPERATORS_VARIABLE]: operators,
  };
  await new Records(vault.admin, recordsPath).write(
    BACKUP_RECORD,
    { takenAt: new Date(), sha256: 'a'.repeat(64), bytes: 1, verifiedAt: new Date() },
    0,
  );
  await vault.authorize();
});

afterAll(() => vault[Symbol.asyncDispose]());

async function metrics(args: readonly string[] = [], env: Record<string, string> = {}): Promise<ScriptResult> {
  const result = await runCommand('metrics', args, { ...environment, ...env });
  printed.push(result.stdout, result.stderr);
  return result;
}

const NAMES = /webex_token_vault_[a-z_]+/g;

function valueOf(text: string, series: string): number | undefined {
  const found = text.split('\n').find((line) => line.startsWith(`${series} `));
  return found === undefined ? undefined : Number(found.split(' ').at(-1));
}

const stateOf = (text: string): string | undefined =>
  /^webex_token_vault_credential_state\{.*state="([^"]*)"\} 1$/m.exec(text)?.[1];

/** Number of tokens, including those of logged-in observers. */
async function sessions(): Promise<number> {
  return (await vault.admin.list('auth/token/accessors')).length;
}

it('metrics prints the same states as status, and logs the observer out', async () => {
  const before = await sessions();
  const began = Date.now() / 1000;
  const { exitCode, stdout, stderr } = await metrics();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stateOf(stdout)).toBe('healthy');
  expect(valueOf(stdout, 'webex_token_vault_severity')).toBe(0);
  const looked = valueOf(stdout, 'webex_token_vault_look_timestamp_seconds');
  expect(looked).toBeGreaterThan(began - 1);
  expect(looked).toBeLessThan(Date.now() / 1000 + 1);
  expect(await sessions()).toBe(before);
});

it('metrics puts the given label on every series', async () => {
  const { stdout } = await metrics(['--label', 'environment=staging', '--label', 'site=a b']);
  const series = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(series.length).toBeGreaterThan(50);
  expect(series.filter((line) => !line.includes('{environment="staging",site="a b"'))).toEqual([]);
});

it.each([
  ['a label of ours', ['--label', 'state=x'], '"state" is a label of some series already; take another name.'],
  ['no label', ['--label', '1=x'], 'It must be name=value, such as "environment=production", got "1=x".'],
  [
    'a file and a port',
    ['--out', 'x.prom', '--serve'],
    "option '--out <file>' cannot be used with option '--serve [host:port]'",
  ],
])('metrics refuses %s', async (_, args, said) => {
  const { exitCode, stdout, stderr } = await metrics(args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(said);
});

it('metrics has every metric that an alert or the dashboard uses', async () => {
  const records = new Records(vault.admin, vault.deployment.engine.recordsPath);
  const { value: consent } = await records.read(consentRecord('testauth'), consentRecordSchema);
  // The engine drops the scopes that Webex tells it.
  await records.write(consentRecord('testauth'), { ...consent, grantedScopes: ['spark:people_read'] });
  const healthy = await metrics();
  vault.webex.behavior.fault = { path: '/v1/access_token', status: 503 };
  await vault.engine.forceRefresh(vault.admin, 'testauth');
  vault.webex.behavior.fault = undefined;
  const failing = await metrics();
  await vault.engine.forceRefresh(vault.admin, 'testauth');
  expect(stateOf(failing.stdout)).toBe('failing');
  const told = new Set(`${healthy.stdout}${failing.stdout}`.match(NAMES));
  const asked = [ALERTS, DASHBOARD].flatMap((file) => readFileSync(file, 'utf8').match(NAMES) ?? []);
  expect(asked.length).toBeGreaterThan(30);
  expect([...new Set(asked)].filter((name) => !told.has(name))).toEqual([]);
});

describe('--out', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(vault.folder, 'collected-'));
    file = join(folder, 'webex.prom');
  });

  it('metrics --out writes a file that the collector may read, and leaves no other file', async () => {
    expect(await metrics(['--out', file])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(stateOf(readFileSync(file, 'utf8'))).toBe('healthy');
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['webex.prom']);
  });

  it('metrics --out writes to the file that the server is unreachable', async () => {
    const { exitCode } = await metrics(['--out', file], { VAULT_ADDR: 'http://127.0.0.1:1' });
    const text = readFileSync(file, 'utf8');
    expect(exitCode).toBe(0);
    expect(valueOf(text, 'webex_token_vault_server_state{state="unreachable"}')).toBe(1);
    expect(valueOf(text, 'webex_token_vault_look_success')).toBe(1);
  });

  it('metrics --out reports a failed look in the file, on stderr and by its exit code', async () => {
    writeFileSync(file, 'old');
    const { exitCode, stderr } = await metrics(['--out', file], {
      VAULT_TOKEN: 's.unknown',
      [OPERATORS_VARIABLE]: folder,
    });
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(/^error: the token in VAULT_TOKEN may read nothing: .*\n$/);
    expect(readFileSync(file, 'utf8')).toMatch(/^webex_token_vault_look_success 0$/m);
  });

  it('metrics --out leaves the file unchanged if the command line is wrong', async () => {
    writeFileSync(file, 'old');
    expect(await metrics(['--out', file], { DEPLOYMENT: 'none.ts' })).toMatchObject({ exitCode: 2 });
    expect(readFileSync(file, 'utf8')).toBe('old');
  });
});

describe('--serve', () => {
  const running: Script[] = [];
  afterEach(async () => {
    for (const script of running.splice(0)) {
      script.child.kill('SIGKILL');
      await script.result();
    }
  });

  async function serve(args: readonly string[], env: Record<string, string> = {}) {
    const script = new Script('metrics', args, { ...environment, ...env });
    running.push(script);
    const [, url = ''] = await script.says(/^metrics are at (\S+); a look is taken every \d+ s$/m);
    const text = (): Promise<string> =>
      eventually(async () => {
        const response = await fetch(url);
        return response.ok ? response.text() : undefined;
      });
    return { script, url, text };
  }

  it('metrics --serve looks once an interval, however often it is scraped', async () => {
    const before = vault.webex.requests.length;
    const { url, text } = await serve(['--serve', '127.0.0.1:0', '--verify']);
    const first = await text();
    const scraped = await Promise.all(Array.from({ length: 50 }, async () => (await fetch(url)).text()));
    expect(new Set(scraped)).toEqual(new Set([first]));
    expect(vault.webex.requests.slice(before).map(({ path }) => path)).toEqual(['/v1/people/me']);
  });

  it('metrics --serve looks again after the interval, and leaves no session behind', async () => {
    const before = await sessions();
    const { script, text } = await serve(['--serve', '127.0.0.1:0', '--interval', '1s']);
    const first = await text();
    await eventually(async () => ((await text()) === first ? undefined : true));
    script.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await script.result();
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toMatch(/^metrics are at .*\n$/);
    expect(await sessions()).toBe(before);
  });

  it('metrics --serve reports a failed look once, and the recovery', async () => {
    const folder = mkdtempSync(join(vault.folder, 'mistaken-'));
    const secretId = readFileSync(join(operators, 'observer-secret-id'));
    cpSync(operators, folder, { recursive: true });
    writeFileSync(join(folder, 'observer-secret-id'), '00000000-0000-0000-0000-000000000000');
    const env = { [OPERATORS_VARIABLE]: folder };
    const { script, text } = await serve(['--serve', '127.0.0.1:0', '--interval', '1s'], env);
    const failed = await text();
    expect(failed).toMatch(/^webex_token_vault_look_success 0$/m);
    expect(stateOf(failed)).toBeUndefined();
    await eventually(async () => ((await text()) === failed ? undefined : true));
    writeFileSync(join(folder, 'observer-secret-id'), secretId);
    await script.says(/^the look succeeds again$/m);
    expect(stateOf(await text())).toBe('healthy');
    script.child.kill('SIGINT');
    const { stderr } = await script.result();
    expect(stderr.match(/^the look failed: Vault does not log this operator in\. .*$/gm)).toHaveLength(1);
  });

  it('metrics --serve takes a changed declaration without a restart', async () => {
    const { deployment } = vault;
    const env = deploymentInFile(vault.folder, deployment, 'changing');
    const { text } = await serve(['--serve', '127.0.0.1:0', '--interval', '1s'], env);
    expect(await text()).not.toContain('credential="second"');
    const second = deployment.credentials.map((credential) => ({ ...credential, name: 'second' }));
    deploymentInFile(vault.folder, { ...deployment, credentials: [...deployment.credentials, ...second] }, 'changing');
    await eventually(async () => (await text()).includes('credential="second"') || undefined);
  });

  it('metrics --serve answers a probe while Vault is gone', async () => {
    const { url, text } = await serve(['--serve', '127.0.0.1:0'], { VAULT_ADDR: 'http://127.0.0.1:1' });
    expect(valueOf(await text(), 'webex_token_vault_server_state{state="unreachable"}')).toBe(1);
    const response = await fetch(new URL('/healthz', url));
    expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
  });

  it('metrics --serve refuses a port that is taken, in one line', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { exitCode, stderr } = await metrics(['--serve', `127.0.0.1:${port}`]);
    other.close();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`^error: port ${port} on 127\\.0\\.0\\.1 is taken by another program; .*\\n$`));
  });

  it('metrics --serve ends if the deployment file is missing', async () => {
    const { exitCode, stderr } = await metrics(['--serve', '127.0.0.1:0'], { DEPLOYMENT: 'none.ts' });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: there is no deployment file none\.ts; /m);
  });

  it('metrics --serve warns if other machines can reach the address', async () => {
    const { script } = await serve(['--serve', '0.0.0.0:0']);
    await script.says(
      /^warning: everybody who can reach this address can read the metrics, because there is no login; /,
    );
  });

  describeUnless(prometheusUnavailable())('scraped by the real Prometheus', () => {
    let prometheus: Prometheus;
    afterAll(() => prometheus[Symbol.asyncDispose]());

    it('Prometheus accepts the metrics as OpenMetrics, fills the dashboard, and alerts within one check of a revocation', async () => {
      const { url } = await serve(['--serve', '127.0.0.1:0', '--interval', '1s', '--verify']);
      prometheus = await Prometheus.start(new URL(url).host, [ALERTS]);
      expect(await prometheus.eventually('webex_token_vault_severity')).toMatchObject([{ value: 0 }]);
      // Only the OpenMetrics format has units.
      expect(await prometheus.unitOf('webex_token_vault_look_timestamp_seconds')).toBe('seconds');

      const empty: string[] = [];
      const queries = [...readFileSync(DASHBOARD, 'utf8').matchAll(/"expr": "(.*)"/g)];
      expect(queries.length).toBeGreaterThan(10);
      for (const [, expression = ''] of queries) {
        const query = (JSON.parse(`"${expression}"`) as string).replaceAll('$instance', '.*');
        empty.push(...((await prometheus.query(query)).length === 0 ? [query] : []));
      }
      // All refreshes have succeeded so far.
      expect(empty).toEqual([expect.stringContaining('failing_since')]);
      expect(await prometheus.firing()).toEqual([]);

      vault.webex.grants.revokeAll();
      const firing = await eventually(async () => {
        const found = await prometheus.firing();
        return found.length > 0 ? found : undefined;
      });
      expect(firing).toEqual(['WebexTokenVaultCredentialBroken']);
    });
  });
});

describeUnless(prometheusUnavailable())('the text', () => {
  it("promtool accepts the metrics as Prometheus' older format", async () => {
    expect(promtool(['check', 'metrics'], (await metrics()).stdout)).toEqual({ exitCode: 0, said: '' });
  });
});

it('metrics prints no secret and no account', () => {
  const all = [...vault.issued, vault.clientSecret, ...secrets, 'ada.admin'];
  expect(all.filter((secret) => printed.join('\n').includes(secret))).toEqual([]);
});
