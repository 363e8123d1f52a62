import { HttpTransport } from '../../../core/src/http/http-transport';
import { VaultConnection } from '../../../core/src/vault/vault-connection';
import { CertificateAuthority } from '../../../lib/server/certificates/certificate-authority';
import { failureOf } from '../../fixtures/results/shown';
import { RawServer } from '../../fixtures/loopback/raw-server';
import { RecordingServer } from '../../fixtures/loopback/recording-server';
import { useVirtualTime } from '../../fixtures/clocks/virtual-time';

let authority: CertificateAuthority;
let server: RecordingServer;
let transport: HttpTransport;

useVirtualTime();

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  const names = { commonName: 'vault', dnsNames: ['localhost'], ipAddresses: [] };
  server = await RecordingServer.start((_, response) => response.end('ok'), await authority.issue(names));
});
afterEach(() => transport.close());
afterAll(() => server[Symbol.asyncDispose]());

async function get(host: string, ca?: string): Promise<string> {
  transport = new HttpTransport({ ca });
  const url = new URL(`https://${host}:${server.port}/`);
  const { body } = await transport.send({ method: 'GET', url, headersTimeoutMs: 5000, headers: { 'x-token': 'hush' } });
  return body.text();
}

it('the transport trusts the given CA', async () => {
  expect(await get('localhost', authority.certificatePem)).toBe('ok');
});

it.each([
  ['the CA is not known', 'localhost', () => Promise.resolve(undefined), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [
    'the CA is another one',
    'localhost',
    async () => (await CertificateAuthority.create()).certificatePem,
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ],
  [
    'the host is another one',
    '127.0.0.1',
    () => Promise.resolve(authority.certificatePem),
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
])('the transport sends nothing if %s', async (_, host, ca, code) => {
  const asked = server.requests.length;
  const failure = await failureOf(get(host, await ca()), 'hush');
  expect(failure).toMatchObject({ name: 'NetworkError', code, isTransient: false });
  expect(server.requests).toHaveLength(asked);
});

it('the error names the next step if a server does not speak TLS', async () => {
  await using plain = await RawServer.start((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const vault = new VaultConnection({ address: `https://127.0.0.1:${plain.port}`, token: 'hush' });
  await expect(vault.read('sys/health', () => undefined)).rejects.toThrow(/does not speak TLS; use http in VAULT_ADDR/);
});

it.each([
  ['an unknown CA', 'localhost', undefined, /from a CA that is not trusted here; set VAULT_CACERT to that CA/],
  ['another host', '127.0.0.1', () => authority.certificatePem, /for another host name; use that name in VAULT_ADDR/],
])('the error names the next step for a certificate of %s', async (_, host, ca, message) => {
  const vault = new VaultConnection({ address: `https://${host}:${server.port}`, token: 'hush', ca: ca?.() });
  await expect(vault.read('sys/health', () => undefined)).rejects.toThrow(message);
  await vault.close();
});
