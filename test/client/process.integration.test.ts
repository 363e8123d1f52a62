import { run, type FinishedCommand } from '../../lib/processes/child-process';
import { CertificateAuthority } from '../../lib/server/certificates/certificate-authority';
import { bundle } from '../fixtures/packages/bundle';
import { ConnectProxy } from '../fixtures/loopback/connect-proxy';
import { ProcessClock } from '../fixtures/clocks/process-clock';
import { RawServer } from '../fixtures/loopback/raw-server';
import { credentialAnswer, ScriptedVault } from '../fixtures/loopback/scripted-vault';
import { RecordingServer, scriptedWebex } from '../fixtures/loopback/recording-server';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The end of a process, and NODE_TLS_REJECT_UNAUTHORIZED. Node reads it at the start of a process. */

/** An answer whose announced length exceeds its body. */
const UNFINISHED = 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok';

const GET = `const get = async (address, ca) => {
  const transport = new client.HttpTransport({ ca });
  return transport.send({ method: 'GET', url: new URL(address), headersTimeoutMs: Infinity });
};`;

let folder: string;
let core: string;
beforeAll(() => {
  folder = temporaryFolder();
  core = bundle(['core/src/index.ts', 'client/src/index.ts'], folder);
});

/** Runs a few lines of JavaScript in a process. The variable `client` holds core and client. */
function runProgram(lines: string, env: Readonly<Record<string, string>> = {}): Promise<FinishedCommand> {
  const program = `const client = require(${JSON.stringify(core)}); void (async () => { ${lines} })();`;
  return run(process.execPath, ['-e', program], { env: { PATH: process.env.PATH, ...env } });
}

/* The clock stands still. No deadline or idle timeout can end the process. */
describe('a process ends', () => {
  let clock: ProcessClock;
  beforeEach(async () => (clock = await ProcessClock.start(folder)));
  afterEach(() => clock[Symbol.asyncDispose]());

  it.each([
    [
      'an idle connection',
      UNFINISHED.replace('9', '2'),
      (url: string) => `${GET} console.log(await (await get('${url}')).body.text());`,
      'ok',
    ],
    [
      'a body that nobody reads',
      UNFINISHED,
      (url: string) => `${GET} console.log((await get('${url}')).status);`,
      '200',
    ],
    [
      'a WebexFetch response that nobody reads',
      UNFINISHED,
      (url: string) =>
        `const tokens = { token: async () => ({ accessToken: 'hush' }), reject: () => undefined };
        const webex = new client.WebexFetch({ tokens, origins: ['${url}'] });
        console.log((await webex.fetch('${url}')).status);`,
      '200',
    ],
  ])('a process ends despite %s', async (_, answer, lines, printed) => {
    await using server = await RawServer.start((socket) => socket.write(answer));
    const { stdout, stderr } = await runProgram(lines(server.url.href), clock.env);
    expect([stdout, stderr]).toEqual([`${printed}\n`, '']);
  });

  it('a process ends despite an open TokenSource and WebexFetch', async () => {
    await using vault = await ScriptedVault.start();
    await using webex = await scriptedWebex({ body: { ok: true } });
    vault.answer('oauthapp/creds/testauth', credentialAnswer('hush', new Date(Date.now() + 3_600_000)));
    const { stdout, stderr } = await runProgram(
      `const tokens = new client.TokenSource({
        address: '${vault.address}', credential: 'testauth', roleId: 'r', secretId: 's',
      });
      const webex = new client.WebexFetch({ tokens, origins: ['${webex.address}'] });
      console.log(await (await webex.fetch('${webex.address}/')).text());`,
      clock.env,
    );
    expect([stdout, stderr]).toEqual(['{"ok":true}\n', '']);
  });

  it('a process ends despite an idle connection through a proxy', async () => {
    const authority = await CertificateAuthority.create();
    const certificate = await authority.issue({ commonName: 'x', dnsNames: ['vault.test'], ipAddresses: [] });
    await using server = await RecordingServer.start((_, response) => response.end('ok'), certificate);
    await using proxy = await ConnectProxy.start({ ports: { 'vault.test:443': server.port } });
    const { stdout, stderr } = await runProgram(
      `${GET} console.log(await (await get('https://vault.test', process.env.CA)).body.text());`,
      { ...clock.env, HTTPS_PROXY: proxy.url(), CA: authority.certificatePem },
    );
    expect([stdout, stderr]).toEqual(['ok\n', '']);
  });
});

describe('NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
  let certificate: Awaited<ReturnType<CertificateAuthority['issue']>>;

  beforeAll(async () => {
    const authority = await CertificateAuthority.create();
    certificate = await authority.issue({ commonName: 'x', dnsNames: ['localhost'], ipAddresses: [] });
  });

  async function failure(address: string, env: Record<string, string>): Promise<string> {
    const { stdout } = await runProgram(
      `${GET} console.log(await get('${address}', process.env.CA).then(({ status }) => status, ({ code }) => code));`,
      { NODE_TLS_REJECT_UNAUTHORIZED: '0', ...env },
    );
    return stdout.trim();
  }

  it('an untrusted server stays untrusted if NODE_TLS_REJECT_UNAUTHORIZED is 0', async () => {
    await using server = await RecordingServer.start((_, response) => response.end('ok'), certificate);
    expect(await failure(`https://localhost:${server.port}`, {})).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(server.requests).toEqual([]);
  });

  it('an untrusted proxy and a server behind one stay untrusted if NODE_TLS_REJECT_UNAUTHORIZED is 0', async () => {
    await using server = await RecordingServer.start((_, response) => response.end('ok'), certificate);
    await using plain = await ConnectProxy.start({ ports: { 'vault.test:443': server.port } });
    await using tls = await ConnectProxy.start({ ports: { 'vault.test:443': server.port }, certificate });
    expect(await failure('https://vault.test', { HTTPS_PROXY: plain.url() })).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(
      await failure('https://vault.test', { HTTPS_PROXY: tls.url('user:hush').replace('127.0.0.1', 'localhost') }),
    ).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE of the proxy');
    expect([server.requests, tls.asked]).toEqual([[], []]);
  });
});
