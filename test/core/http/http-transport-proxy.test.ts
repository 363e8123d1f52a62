import { HttpTransport, type HttpRequest } from '../../../core/src/http/http-transport';
import { CertificateAuthority } from '../../../lib/server/certificates/certificate-authority';
import { ConnectProxy, type ConnectProxyOptions } from '../../fixtures/loopback/connect-proxy';
import { eventually } from '../../../rehearsal/eventually';
import { failureOf } from '../../fixtures/results/shown';
import { disposedAfterEach } from '../../fixtures/runs/disposal';
import { ScriptedVault } from '../../fixtures/loopback/scripted-vault';
import { RecordingServer } from '../../fixtures/loopback/recording-server';
import { useVirtualTime } from '../../fixtures/clocks/virtual-time';

/* Only the proxy resolves `vault.test`. A request that bypasses the proxy fails. */

const TARGET = 'vault.test:443';
const ENOUGH = new Error('enough');
const VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);
const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));

let authority: CertificateAuthority;
let server: RecordingServer;
let transport: HttpTransport;

useVirtualTime();
const keep = disposedAfterEach();

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  const names = { commonName: 'vault', dnsNames: ['vault.test', 'localhost'], ipAddresses: ['127.0.0.1', '::1'] };
  server = await RecordingServer.start((_, response) => response.end('ok'), await authority.issue(names));
});
afterAll(() => server[Symbol.asyncDispose]());

beforeEach(() => {
  VARIABLES.forEach((name) => Reflect.deleteProperty(process.env, name));
  transport = new HttpTransport({ ca: authority.certificatePem });
});
afterEach(async () => {
  await transport.close();
  VARIABLES.forEach((name) => Reflect.deleteProperty(process.env, name));
  Object.entries(before).forEach(([name, value]) => value !== undefined && (process.env[name] = value));
});

async function proxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  return keep(await ConnectProxy.start({ ports: { [TARGET]: server.port }, ...options }));
}

async function get(url: string, request: Partial<HttpRequest> = {}): Promise<string> {
  const headers = { 'x-token': 'hush' };
  const answer = await transport.send({
    method: 'GET',
    url: new URL(url),
    headersTimeoutMs: 5000,
    headers,
    ...request,
  });
  return answer.body.text();
}

it.each(['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'])(
  'the transport uses the proxy that %s names',
  async (name) => {
    const used = await proxy();
    process.env[name] = used.url();
    expect(await get('https://vault.test/')).toBe('ok');
    expect(await get('https://vault.test/')).toBe('ok');
    expect(used.asked).toEqual([TARGET]);
  },
);

it('the transport uses a proxy named without a scheme, as curl does', async () => {
  const used = await proxy();
  process.env.HTTPS_PROXY = used.url().replace('http://', '');
  expect(await get('https://vault.test/')).toBe('ok');
});

it('the transport uses HTTP_PROXY for plain HTTP', async () => {
  await using vault = await ScriptedVault.start();
  const used = await proxy({ ports: { 'vault.test:8200': Number(new URL(vault.address).port) } });
  process.env.HTTP_PROXY = used.url();
  expect(await get('http://vault.test:8200/v1/sys/x')).toBe('{"errors":[]}');
  expect(used.asked).toEqual(['vault.test:8200']);
});

it.each(['no_proxy', 'NO_PROXY'])('the transport bypasses the proxy for hosts that %s names', async (name) => {
  const used = await proxy();
  process.env.HTTPS_PROXY = used.url();
  process.env[name] = 'other.test,.sub.test, vault.test';
  await expect(get('https://vault.test/')).rejects.toMatchObject({ name: 'NetworkError' });
  await expect(get('https://a.sub.test/')).rejects.toMatchObject({ name: 'NetworkError' });
  expect(used.asked).toEqual([]);
});

it.each(['localhost', '127.0.0.1', 'LOCALHOST', '127.1'])('the transport never uses the proxy for %s', async (host) => {
  const used = await proxy({ ports: {} });
  VARIABLES.filter((name) => !name.toLowerCase().startsWith('no')).forEach((name) => (process.env[name] = used.url()));
  expect(await get(`https://${host}:${server.port}/`)).toBe('ok');
  expect(used.asked).toEqual([]);
});

it('the transport never uses the proxy for [::1]', async () => {
  const used = await proxy({ ports: {} });
  process.env.HTTPS_PROXY = used.url();
  await expect(get(`https://[::1]:${server.port}/`)).rejects.toMatchObject({ name: 'NetworkError' });
  expect(used.asked).toEqual([]);
});

it('the transport sends the proxy credentials to the proxy only', async () => {
  const used = await proxy();
  process.env.HTTPS_PROXY = used.url('user:p%40ss');
  expect(await get('https://vault.test/')).toBe('ok');
  expect(used.authorizations).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
});

it('the transport shows a client certificate to the server behind the proxy, not to the proxy', async () => {
  const issued = (name: string) => authority.issue({ commonName: name, dnsNames: [name], ipAddresses: [] });
  const [own, behind, before] = [await issued('app'), await issued('vault.test'), await issued('localhost')];
  await using vault = await ScriptedVault.start(behind);
  const used = await proxy({ ports: { [TARGET]: Number(new URL(vault.address).port) }, certificate: before });
  process.env.HTTPS_PROXY = used.url().replace('127.0.0.1', 'localhost');
  const certificate = { certPem: own.certificatePem, keyPem: own.privateKeyPem };
  transport = new HttpTransport({ ca: authority.certificatePem, certificate });
  await get('https://vault.test/v1/sys/x');
  expect(vault.exchanges[0]?.certificate?.trim()).toBe(own.certificatePem.trim());
  expect([used.asked, used.certificates]).toEqual([[TARGET], []]);
});

it('the transport verifies the certificate of the server behind the proxy', async () => {
  const used = await proxy({ ports: { 'other.test:443': server.port } });
  process.env.HTTPS_PROXY = used.url();
  await expect(get('https://other.test/')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

it('the transport uses a proxy that speaks TLS, and sends its credentials to no other', async () => {
  const certificate = await authority.issue({ commonName: 'proxy', dnsNames: ['localhost'], ipAddresses: [] });
  const used = await proxy({ certificate });
  process.env.HTTPS_PROXY = used.url('user:hush').replace('127.0.0.1', 'localhost');
  expect(await get('https://vault.test/')).toBe('ok');

  const stranger = await (
    await CertificateAuthority.create()
  ).issue({ commonName: 'x', dnsNames: ['localhost'], ipAddresses: [] });
  const other = await proxy({ certificate: stranger });
  process.env.HTTPS_PROXY = other.url('user:hush').replace('127.0.0.1', 'localhost');
  transport = new HttpTransport({ ca: authority.certificatePem });
  await expect(get('https://vault.test/')).rejects.toMatchObject({
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE of the proxy',
  });
  expect(other.asked).toEqual([]);
});

describe('a failing proxy', () => {
  function failure(url: string, request?: Partial<HttpRequest>): Promise<Error> {
    return failureOf(get(url, request), 'hush');
  }

  it.each([
    [407, false],
    [503, true],
  ])('the error names the status %d of the proxy', async (status, isTransient) => {
    process.env.HTTPS_PROXY = (await proxy({ status })).url('user:hush');
    expect(await failure('https://vault.test/')).toMatchObject({ code: `the proxy answered ${status}`, isTransient });
  });

  it('the error names the connection code of a proxy that does not listen', async () => {
    const gone = await ConnectProxy.start();
    process.env.HTTPS_PROXY = gone.url('user:hush');
    await gone[Symbol.asyncDispose]();
    expect(await failure('https://vault.test/')).toMatchObject({
      code: 'ECONNREFUSED of the proxy',
      isTransient: true,
    });
  });

  it.each([
    [
      'at the deadline',
      () => {
        jest.advanceTimersByTime(100);
      },
      { code: 'ETIMEDOUT' },
    ],
    ['if the caller aborts', (abort: AbortController) => abort.abort(ENOUGH), ENOUGH],
  ])('the transport gives up on a silent proxy %s', async (_, end, error) => {
    const silent = await proxy({ status: 0 });
    process.env.HTTPS_PROXY = silent.url('user:hush');
    const abort = new AbortController();
    const failed = failure('https://vault.test/', { headersTimeoutMs: 100, signal: abort.signal });
    await eventually(() => silent.asked.length > 0 || undefined);
    end(abort);
    expect(await failed).toMatchObject(error);
    await eventually(() => silent.openConnections === 0 || undefined);
  });

  it.each(['http://user:hush@[proxy', 'socks5://user:hush@127.0.0.1:1', 'http://user:hush%zz@127.0.0.1:1'])(
    'the transport refuses a proxy named like %s',
    async (value) => {
      process.env.https_proxy = value;
      expect(await failure('https://vault.test/')).toMatchObject({
        name: 'ExplainedError',
        message: expect.stringMatching(
          /^https_proxy must be .* write it like "http:\/\/proxy\.example:3128"$/,
        ) as string,
      });
    },
  );
});
