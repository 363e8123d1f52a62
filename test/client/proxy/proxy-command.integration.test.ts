import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CertificateAuthority } from '../../../lib/server/certificates/certificate-authority';
import { freePort } from '../../../lib/processes/free-port';
import { WrittenVault } from '../../../rehearsal/written-vault';
import { call, type CallerAnswer } from '../../fixtures/loopback/caller';
import { ConnectProxy } from '../../fixtures/loopback/connect-proxy';
import { RecordingServer } from '../../fixtures/loopback/recording-server';
import { Typist } from '../../fixtures/pages/typist';
import { Script } from '../../fixtures/programs/script';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* The command on the real server and the simulated Webex. */

let vault: WrittenVault;
let env: Readonly<Record<string, string>>;
const running: Script[] = [];

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.authorize();
  const { roleId, secretId } = await vault.appLogin('people-me');
  env = { VAULT_ADDR: vault.server.address, VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId };
});
afterEach(() => running.splice(0).forEach(({ child }) => child.kill('SIGKILL')));
afterAll(() => vault[Symbol.asyncDispose]());

interface Served {
  readonly script: Script;
  readonly origin: string;
  readonly keyFile: string;
  readonly key: string;
  readonly get: (path: string) => Promise<CallerAnswer>;
}

function start(options: readonly string[], given: NodeJS.ProcessEnv = env): Script {
  const script = new Script('webex-token', ['proxy', 'testauth', '--upstream', vault.webex.url, ...options], given);
  running.push(script);
  return script;
}

async function serving(options: readonly string[] = [], given: NodeJS.ProcessEnv = env): Promise<Served> {
  const script = start(['--listen', '127.0.0.1:0', ...options], given);
  const [, origin = '', keyFile = ''] = await script.says(/is served at (\S+), with the key in (\S+)\n/);
  const key = readFileSync(keyFile, 'utf8');
  const headers = { authorization: `Bearer ${key}` };
  return { script, origin, keyFile, key, get: (path) => call(`${origin}${path}`, { headers }) };
}

it('the proxy serves beyond the end of a token, and its outputs hold no secret', async () => {
  const { script, get, key, keyFile, origin } = await serving();
  expect(await get('/v1/people/me?callingData=true')).toMatchObject({ status: 200 });
  vault.webex.grants.expireAccessTokens();
  await vault.engine.forceRefresh(vault.admin, 'testauth');
  expect(await get('/v1/people/me')).toMatchObject({ status: 200 });
  expect([statSync(keyFile).mode & 0o777, statSync(dirname(keyFile)).mode & 0o777]).toEqual([0o600, 0o700]);
  script.child.kill('SIGTERM');
  const { exitCode, stdout, stderr } = await script.result();
  expect(exitCode).toBe(0);
  expect(stderr).toContain(`export WEBEX_BASE_URL=${origin}/v1/ WEBEX_ACCESS_TOKEN="$(cat ${keyFile})"\n`);
  expect(existsSync(dirname(keyFile))).toBe(false);
  const line = { credential: 'testauth', app: 'people-me', method: 'GET', path: '/v1/people/me', status: 200 };
  const fields = ['time', ...Object.keys(line), 'milliseconds', 'bytes'];
  const lines = stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as object);
  expect(lines).toEqual([expect.objectContaining(line), expect.objectContaining(line)]);
  expect(lines.map((each) => Object.keys(each))).toEqual([fields, fields]);
  for (const secret of [...vault.issued, key, env.VAULT_SECRET_ID ?? '', 'callingData']) {
    expect(stdout + stderr).not.toContain(secret);
  }
});

it('several proxies run at once, and each has its own key', async () => {
  const [first, second] = [await serving(), await serving()];
  expect(first.key).not.toBe(second.key);
  const headers = { authorization: `Bearer ${first.key}` };
  expect((await call(`${second.origin}/v1/people/me`, { headers })).status).toBe(401);
  const port = first.origin.replace('http://', '');
  const { exitCode, stderr } = await start(['--listen', port]).result();
  expect([exitCode, stderr]).toEqual([
    1,
    `error: ${port} is in use by another program; end that one, or give another port, such as --listen 127.0.0.1:0 for any free one\n`,
  ]);
});

it('rules come from the option, and otherwise from WEBEX_ALLOW', async () => {
  const given = { ...env, WEBEX_ALLOW: 'GET /v1/rooms; GET /v1/people/me' };
  const fromEnvironment = await serving([], given);
  expect((await fromEnvironment.get('/v1/people/me')).status).toBe(200);
  const fromOption = await serving(['--allow', 'GET /v1/rooms'], given);
  expect((await fromOption.get('/v1/people/me')).status).toBe(403);
  const { exitCode, stderr } = await start(['--allow', '/v1/rooms']).result();
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^error: --allow must begin with a method/)]);
});

describe('the file of the key', () => {
  it('the proxy writes and removes a file that is named', async () => {
    const file = join(temporaryFolder(), 'key');
    const { script, get } = await serving(['--key-file', file]);
    expect((await get('/v1/people/me')).status).toBe(200);
    expect([statSync(file).mode & 0o777, readFileSync(file, 'utf8')]).toEqual([
      0o600,
      expect.stringMatching(/^[\w-]{43}$/),
    ]);
    script.child.kill('SIGINT');
    expect((await script.result()).exitCode).toBe(0);
    expect(existsSync(file)).toBe(false);
  });

  it('a shared key survives the proxy', async () => {
    const file = join(temporaryFolder(), 'key');
    const { script, key } = await serving(['--shared-key-file', file]);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    script.child.kill('SIGKILL');
    await script.result();
    expect((await serving(['--shared-key-file', file])).key).toBe(key);
  });

  it('the secret id as the file of the key ends the start, and stays', async () => {
    const file = join(temporaryFolder(), 'secret-id');
    writeFileSync(file, 'a-secret-id');
    const { exitCode, stderr } = await start(['--listen', '127.0.0.1:0', '--key-file', file]).result();
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^error: \S+ exists and is no key of a proxy/)]);
    expect(readFileSync(file, 'utf8')).toBe('a-secret-id');
  });

  it('a file that cannot be written ends the start', async () => {
    const { exitCode, stderr } = await start(['--listen', '127.0.0.1:0', '--key-file', '/no/such/folder/key']).result();
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: the key cannot be written to \S+ \(ENOENT\)/),
    ]);
  });
});

describe('a Unix socket', () => {
  it('the mode of the socket is who may use it, and the socket ends with the proxy', async () => {
    const socket = join(temporaryFolder(), 'webex.sock');
    const script = start(['--socket', socket]);
    await script.says(/is served at the socket/);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect((await call('http://any.example/v1/people/me', { socketPath: socket })).status).toBe(200);
    const { exitCode, stderr } = await start(['--socket', socket]).result();
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: the socket \S+ is in use by another program/),
    ]);
    script.child.kill('SIGTERM');
    await script.result();
    expect(existsSync(socket)).toBe(false);
  });

  it('the socket of a proxy that was killed is replaced, and another file is not', async () => {
    const folder = temporaryFolder();
    const socket = join(folder, 'webex.sock');
    const killed = start(['--socket', socket]);
    await killed.says(/is served/);
    killed.child.kill('SIGKILL');
    await killed.result();
    expect(existsSync(socket)).toBe(true);
    await start(['--socket', socket]).says(/is served/);
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    expect((await start(['--socket', file]).result()).exitCode).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });
});

describe('a start without a token', () => {
  it('a wrong identity fails at once', async () => {
    const { exitCode, stderr } = await start(['--listen', '127.0.0.1:0'], {
      ...env,
      VAULT_SECRET_ID: 'wrong',
    }).result();
    expect([exitCode, stderr]).toEqual([5, expect.stringMatching(/^error: Vault does not log role id/)]);
  });

  it('the proxy serves during an outage of Vault, and says so', async () => {
    const { script, get } = await serving([], { ...env, VAULT_ADDR: 'http://127.0.0.1:1' });
    await script.says(/^warning: no answer from Vault at http:\/\/127.0.0.1:1 \(ECONNREFUSED\)/);
    const { status, body } = await get('/v1/people/me');
    expect([status, JSON.parse(body)]).toEqual([
      503,
      expect.objectContaining({ message: expect.stringContaining('no answer from Vault') as string }),
    ]);
  });
});

it('metrics and health are served at their own port, without a secret', async () => {
  const log = join(temporaryFolder(), 'requests.log');
  const metrics = `127.0.0.1:${await freePort()}`;
  const { script, get, key } = await serving(['--metrics', metrics, '--log', log]);
  const available = 'webex_token_proxy_token_available{credential="testauth"} 1\n';
  // A proxy without a request has read its token too, so no alert fires for an idle one.
  expect((await call(`http://${metrics}/metrics`)).body).toContain(available);
  await get('/v1/people/me');
  await get('/v1//admin');
  expect(await call(`http://${metrics}/healthz`)).toMatchObject({ status: 200, body: 'ok\n' });
  const { body } = await call(`http://${metrics}/metrics`, { headers: { accept: 'application/openmetrics-text' } });
  expect(body).toContain('webex_token_proxy_requests_total{credential="testauth",method="GET",status="200"} 1\n');
  expect(body).toContain('webex_token_proxy_refusals_total{credential="testauth",refusal="path"} 1\n');
  expect(body).toContain(available);
  expect(body).toMatch(/# EOF\n$/);
  script.child.kill('SIGTERM');
  const { stdout } = await script.result();
  const text = readFileSync(log, 'utf8');
  expect([stdout, text.split('\n').length, statSync(log).mode & 0o777]).toEqual(['', 3, 0o600]);
  for (const secret of [...vault.issued, key]) {
    expect(body + text).not.toContain(secret);
  }
});

it('the page starts a proxy for a program', async () => {
  using typist = new Typist({ ...env, LC_ALL: 'C' });
  const port = String(await freePort());
  const instead = {
    'proxy testauth': `proxy testauth --upstream ${vault.webex.url} --listen 127.0.0.1:${port}`,
    18201: port,
  };
  const screen = await typist.types('docs/tasks/proxy.md', 'start', { instead });
  expect(screen).toContain('"displayName"');
});

describe('an upstream over TLS', () => {
  const webex = 'https://webex.test';
  let authority: string;
  let server: RecordingServer;

  beforeAll(async () => {
    const ca = await CertificateAuthority.create();
    const certificate = await ca.issue({ commonName: 'webex', dnsNames: ['webex.test'], ipAddresses: [] });
    authority = join(temporaryFolder(), 'ca.pem');
    writeFileSync(authority, ca.certificatePem);
    server = await RecordingServer.start(undefined, certificate);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('the proxy reaches it through a proxy of the network, by a CA that Node is given', async () => {
    await using network = await ConnectProxy.start({ ports: { 'webex.test:443': server.port } });
    const given = { ...env, HTTPS_PROXY: network.url(), NODE_EXTRA_CA_CERTS: authority };
    const { get } = await serving(['--upstream', webex], given);
    expect((await get('/v1/people/me')).status).toBe(200);
    expect((await get('/v1/people/me')).status).toBe(200);
    expect(network.asked).toEqual(['webex.test:443']);
    expect(vault.issued).toContain(server.requests[0]?.headers.authorization?.replace('Bearer ', ''));
  });

  it('nothing turns the verification off', async () => {
    await using network = await ConnectProxy.start({ ports: { 'webex.test:443': server.port } });
    const given = { ...env, HTTPS_PROXY: network.url() };
    const { get } = await serving(['--upstream', webex], given);
    const before = server.requests.length;
    expect((await get('/v1/people/me')).status).toBe(502);
    expect(server.requests).toHaveLength(before);
    const { exitCode, stderr } = await start([], { ...given, NODE_TLS_REJECT_UNAUTHORIZED: '0' }).result();
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/error: NODE_TLS_REJECT_UNAUTHORIZED is 0/)]);
  });
});
