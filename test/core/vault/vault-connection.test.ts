import { ExplainedError } from '../../../core/src/explained-error';
import { VaultConnection, type VaultConnectionOptions } from '../../../core/src/vault/vault-connection';
import { VaultResponseError, VaultUnreachableError } from '../../../core/src/vault/vault-errors';
import { failureOf } from '../../fixtures/results/shown';
import { disposedAfterEach } from '../../fixtures/runs/disposal';
import { RawServer } from '../../fixtures/loopback/raw-server';
import { RecordingServer } from '../../fixtures/loopback/recording-server';
import { ScriptedVault } from '../../fixtures/loopback/scripted-vault';
import { useVirtualTime } from '../../fixtures/clocks/virtual-time';

const TOKEN = 's.token-that-no-error-may-show';

/* The clock is virtual, because a busy machine could exceed a deadline. */
useVirtualTime();

const keep = disposedAfterEach();

function connect(address: string, options: Partial<VaultConnectionOptions> = {}): VaultConnection {
  return new VaultConnection({ address, token: TOKEN, ...options });
}

async function failure(work: Promise<unknown>): Promise<Error> {
  const failed = await failureOf(work, TOKEN);
  expect(failed.message).not.toMatch(/\n/);
  return failed;
}

const json = (reply: unknown) => reply;

it('the connection hides its token if a refusal quotes it, but keeps words', async () => {
  const vault = keep(await ScriptedVault.start());
  vault.answer('secret/x', { status: 403, body: { errors: [`no ${TOKEN} here, root`], warnings: [TOKEN] } });
  await expect(failure(connect(vault.address).read('secret/x', json))).resolves.toMatchObject({
    said: 'no [hidden] here, root',
    errors: ['no [hidden] here, root'],
    warnings: ['[hidden]'],
  });
  const tried = new VaultConnection({ address: vault.address, token: 'root' });
  await expect(tried.read('secret/x', json)).rejects.toThrow('here, root');
});

describe('a request', () => {
  it.each([
    ['', ''],
    ['/', ''],
    ['/vault', '/vault'],
    ['/a/vault/', '/a/vault'],
  ])('the connection keeps the path of an address that ends with "%s"', async (end, prefix) => {
    const server = keep(await RecordingServer.start());
    const vault = connect(`${server.address}${end}`);
    await vault.read('secret/x', json);
    await vault.write('secret/x', {}, json);
    expect(server.asked).toEqual([`GET ${prefix}/v1/secret/x`, `PUT ${prefix}/v1/secret/x`]);
  });

  it('the connection writes by PUT, as JSON, with token and namespace', async () => {
    const server = keep(await RecordingServer.start());
    await connect(server.address, { namespace: 'team/a' }).write('secret/x', { value: 'ä' }, json);
    expect(server.requests).toEqual([
      expect.objectContaining({
        method: 'PUT',
        body: '{"value":"ä"}',
        headers: expect.objectContaining({
          'content-type': 'application/json',
          'content-length': '14',
          'x-vault-request': 'true',
          'x-vault-token': TOKEN,
          'x-vault-namespace': 'team/a',
        }) as unknown,
      }),
    ]);
  });

  it('the connection keeps the path of its address when it follows to the leader', async () => {
    const leader = keep(await RecordingServer.start());
    const server = keep(
      await RecordingServer.start(({ url }, response) => {
        if (url === '/vault/v1/sys/leader') {
          response.end(JSON.stringify({ leader_address: leader.address }));
        } else {
          response.writeHead(307, { location: `${leader.address}/v1/secret/x` }).end();
        }
      }),
    );
    await connect(`${server.address}/vault`).read('secret/x', json);
    expect(leader.asked).toEqual(['GET /v1/secret/x']);
  });

  it.each([
    '../../etc',
    'secret/../sys',
    'secret/./x',
    'secret/%2e%2e/x',
    'secret/%2E/x',
    'x#y',
    'a\\b',
    'x\ny',
    'x\ty',
  ])('the connection sends nothing to the path %p, because a URL would turn it into another', async (path) => {
    const server = keep(await RecordingServer.start());
    expect(await failure(connect(server.address).read(path, json))).toBeInstanceOf(ExplainedError);
    expect(server.requests).toEqual([]);
  });

  it.each(['vault.example:8200', 'ftp://u:hush@vault.example', ''])(
    'the connection sends nothing to the address "%s"',
    async (address) => {
      const failed = await failure(connect(address).read('secret/x', json));
      expect(failed).toBeInstanceOf(ExplainedError);
      expect(failed.message).toMatch(
        /^the address of Vault must be an http or https URL, got "(?!.*hush).*"; write it/,
      );
    },
  );

  it.each(['http://vault.example.com:8200', 'http://10.0.0.1:8200', 'http://joe:hush@vault.example.com'])(
    'the connection refuses %s, unless plain HTTP is allowed',
    (address) => {
      expect(() => connect(address)).toThrow(
        /^http:\/\/(?!.*hush)\S+ would get tokens and secret ids unencrypted over the network; use https$/,
      );
      expect(() => connect(address, { allowHttp: false })).toThrow(/unencrypted/);
      expect(connect(address, { allowHttp: true }).withToken('another').withoutNamespace()).toBeDefined();
    },
  );

  it.each(['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'https://vault.example.com'])(
    'the connection accepts %s',
    (address) => {
      expect(connect(address).address).toBe(address);
    },
  );

  it.each([
    ['token', { token: `${TOKEN}\n` }],
    ['namespace', { namespace: 'a\r\nx-vault-token: b' }],
    ['token', { token: 'ключ' }],
  ])('the connection sends nothing with a %s that no header can carry', async (name, options) => {
    const server = keep(await RecordingServer.start());
    const failed = await failure(Promise.resolve().then(() => connect(server.address, options).read('secret/x', json)));
    expect(failed).toBeInstanceOf(ExplainedError);
    expect(failed.message).toMatch(new RegExp(`the Vault ${name} has a character that .*; `));
    expect(server.requests).toEqual([]);
  });
});

describe('an answer', () => {
  const answered = async (text: string): Promise<VaultConnection> =>
    connect(keep(await RawServer.start((socket) => socket.end(text))).url.href);

  it.each([
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', undefined],
    ['with an empty body', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', undefined],
    ['of JSON', 'HTTP/1.0 200 OK\r\n\r\n{"a":1}', { a: 1 }],
  ])('the connection accepts an answer %s', async (_, text, reply) => {
    expect(await (await answered(text)).read('secret/x', json)).toEqual(reply);
  });

  it.each([
    ['a page', 'HTTP/1.0 200 OK\r\n\r\n<!doctype html>'],
    ['cut off', 'HTTP/1.0 200 OK\r\n\r\n{"data":{"x"'],
    ['a missing page', 'HTTP/1.0 404 Not Found\r\n\r\n<html>'],
    ['a forbidden page', 'HTTP/1.0 403 Forbidden\r\n\r\n'],
    ['compressed', 'HTTP/1.0 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08'],
  ])('the connection rejects an answer that is %s as not from Vault', async (_, text) => {
    const failed = await failure((await answered(text)).read('secret/x', json));
    expect(failed).toBeInstanceOf(ExplainedError);
    expect(failed.message).toMatch(
      /answered GET secret\/x with something that is not a Vault reply; check that VAULT_ADDR/,
    );
  });

  it('the connection reports an answer that breaks off as an unreachable Vault', async () => {
    const vault = await answered('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{');
    const failed = await failure(vault.read('secret/x', json));
    expect(failed).toBeInstanceOf(VaultUnreachableError);
    expect(failed).toMatchObject({ networkCode: 'ECONNRESET' });
  });

  it('the connection reports an endless answer as an unreachable Vault', async () => {
    const part = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n`;
    const server = keep(
      await RawServer.start((socket) => {
        const chunk = `${(1 << 20).toString(16)}\r\n${' '.repeat(1 << 20)}\r\n`;
        const flow = (): void => {
          while (socket.writable && socket.write(chunk));
        };
        socket.write(part);
        socket.on('drain', flow);
        flow();
      }),
    );
    const failed = await failure(connect(server.url.href).read('secret/x', json));
    expect(failed.message).toMatch(/\(EMSGSIZE\); its answer is longer than any of Vault; check that VAULT_ADDR/);
    await server.deserted();
  });

  it.each([
    ['a page', 502, '<html>Bad Gateway</html>', []],
    ['empty', 500, '', []],
    ['a list', 500, '[1]', []],
    ['no list of errors', 400, '{"errors":"no"}', []],
    ["Vault's", 400, '{"errors":["a","b"],"warnings":["c"]}', ['a', 'b']],
    ['followed by megabytes', 500, 'x'.repeat(1 << 20), []],
  ])('the connection reports a refusal that is %s by its status', async (_, status, body, errors) => {
    const failed = await failure((await answered(`HTTP/1.0 ${status} No\r\n\r\n${body}`)).read('secret/x', json));
    expect(failed).toBeInstanceOf(VaultResponseError);
    expect(failed).toMatchObject({ statusCode: status, errors });
  });

  it('the error says that the server speaks only TLS if it refuses plain HTTP', async () => {
    const vault = await answered('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
    expect((await failure(vault.read('secret/x', json))).message).toMatch(/speaks TLS only; use https in VAULT_ADDR/);
  });
});

it('the connection sends the password of an address to that server and shows it in no error', async () => {
  const server = await RecordingServer.start((_, response) => response.end('no JSON'));
  const vault = connect(server.address.replace('//', '//user:hush@'));
  expect((await failure(vault.read('secret/x', json))).message).not.toContain('hush');
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:hush').toString('base64')}`);
  await server[Symbol.asyncDispose]();
  expect((await failure(vault.read('secret/x', json))).message).not.toContain('hush');
});
