import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppRoleLogin, loginAppRole } from '../../../core/src/login/app-role-login';
import { unwrapSecretId } from '../../../core/src/login/wrapped-secret-id';
import { VaultConnection } from '../../../core/src/vault/vault-connection';
import { restoreSnapshot, saveSnapshot } from '../../../lib/server/snapshots/raft-snapshot';
import { VaultClient } from '../../../lib/vault/vault-client';
import { eventually } from '../../../rehearsal/eventually';
import { failureOf } from '../../fixtures/results/shown';
import { disposedAfterEach } from '../../fixtures/runs/disposal';
import { RecordingServer, type RecordedRequest } from '../../fixtures/loopback/recording-server';
import { useVirtualTime } from '../../fixtures/clocks/virtual-time';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* Redirects of a standby node. The named leader gets the request, and no other server gets any. */

const TOKEN = 's.token-of-the-caller';
const SECRETS = [TOKEN, 'the-secret-id', 'the-wrapping-token', 'the-written-value', 'the-snapshot'];

/* The clock is virtual, because a busy machine could exceed a deadline. */
useVirtualTime();

let folder: string;
const keep = disposedAfterEach();

beforeAll(() => {
  folder = temporaryFolder();
  writeFileSync(join(folder, 'snapshot'), 'the-snapshot');
});

/** Each kind of request at an address. The tests ignore the replies. */
const KINDS: Readonly<Record<string, (address: string) => Promise<unknown>>> = {
  read: (address) => connection(address).read('secret/x', () => undefined),
  write: (address) => connection(address).write('secret/x', { value: 'the-written-value' }, () => undefined),
  delete: (address) => connection(address).delete('secret/x'),
  'login by AppRole': (address) => loginAppRole(connection(address), { roleId: 'r', secretId: 'the-secret-id' }),
  unwrap: (address) => unwrapSecretId(connection(address), 'the-wrapping-token'),
  'snapshot out': (address) => saveSnapshot(connection(address), join(folder, 'saved')),
  'snapshot in': (address) => restoreSnapshot(connection(address), join(folder, 'snapshot')),
  'VaultClient read': (address) => operator(address).read('secret/x', z.unknown()),
  'VaultClient list': (address) => operator(address).list('secret'),
  'VaultClient write': (address) => operator(address).write('secret/x', { value: 'the-written-value' }),
  'VaultClient writeWrapped': (address) =>
    operator(address).writeWrapped('secret/x', { value: 'the-written-value' }, 60),
  'VaultClient delete': (address) => operator(address).delete('secret/x'),
};

function connection(address: string): VaultConnection {
  return new VaultConnection({ address, token: TOKEN, namespace: 'team' });
}

function operator(address: string): VaultClient {
  return new VaultClient({ address, token: TOKEN, namespace: 'team' });
}

async function serve(...args: Parameters<typeof RecordingServer.start>): Promise<RecordingServer> {
  return keep(await RecordingServer.start(...args));
}

/**
 * @param leader address in the reply of `sys/leader` @param location target of all other requests, by the requested URL
 */
function standby(leader: () => string, location: (url: string) => string, status = 307): Promise<RecordingServer> {
  return serve(({ url }, response) => {
    if (url === '/v1/sys/leader') {
      response.end(JSON.stringify({ ha_enabled: true, is_self: false, leader_address: leader() }));
    } else {
      response.writeHead(status, { location: location(url) }).end();
    }
  });
}

async function failure(work: Promise<unknown>): Promise<string> {
  return String(await failureOf(work, ...SECRETS));
}

const ofInterest = ({ method, url, headers, body }: RecordedRequest) => ({
  method,
  url,
  token: headers['x-vault-token'],
  namespace: headers['x-vault-namespace'],
  wrapTtl: headers['x-vault-wrap-ttl'],
  body,
});

/** A standby of this leader that redirects each request to it. */
function standbyOf({ address }: { readonly address: string }, status?: number): Promise<RecordingServer> {
  return standby(
    () => address,
    (url) => `${address}${url}`,
    status,
  );
}

describe.each(Object.entries(KINDS))('%s', (_, ask) => {
  it('the request goes to the leader once, unchanged', async () => {
    const leader = await serve();
    const node = await standbyOf(leader);
    await ask(node.address).catch(() => undefined);
    const [asked, asksForLeader, ...others] = node.requests;
    const [followed] = leader.requests;
    expect(asksForLeader).toMatchObject({ method: 'GET', url: '/v1/sys/leader', body: '' });
    expect(asksForLeader?.headers).not.toHaveProperty('x-vault-token');
    expect(followed && ofInterest(followed)).toEqual(asked && ofInterest(asked));
    expect([others, leader.requests.length]).toEqual([[], 1]);
  });

  it('the request goes to no other server', async () => {
    const [other, leader] = [await serve(), await serve()];
    const node = await standby(
      () => leader.address,
      (url) => `${other.address}${url}`,
    );
    expect(await failure(ask(node.address))).toMatch(/ExplainedError: http:\S+ redirects/);
    expect([other.requests, leader.requests]).toEqual([[], []]);
  });
});

describe.each(['read', 'VaultClient write'])('%s', (kind) => {
  const ask = (address: string): Promise<unknown> => KINDS[kind]?.(address) ?? Promise.resolve();

  it('the request follows one redirect, not two', async () => {
    const circle: RecordingServer = await standby(
      () => circle.address,
      (url) => `${circle.address}${url}`,
    );
    await failure(ask(circle.address));
    expect(circle.asked.filter((asked) => !asked.endsWith('sys/leader'))).toHaveLength(2);
  });

  it.each<[string, (other: string, url: string) => string]>([
    ['another host', (other, url) => `${other.replace('127.0.0.1', 'localhost')}${url}`],
    ['another scheme', (other, url) => `${other.replace('http:', 'https:')}${url}`],
    ['another path', (other) => `${other}/v1/auth/token/lookup-self`],
    ['a server without a scheme', (other, url) => `${other.replace('http:', '')}${url}`],
    ['a server behind a user', (other, url) => `${other.replace('//', '//127.0.0.1:1@')}${url}`],
    ['an invalid URL', () => 'http://[vault/v1/secret/x'],
  ])('the request does not follow a redirect to %s', async (_case, location) => {
    const [other, leader] = [await serve(), await serve()];
    const node = await standby(
      () => leader.address,
      (url) => location(other.address, url),
    );
    expect(await failure(ask(node.address))).toMatch(/ExplainedError: http:\S+ (?:redirects|answered)/);
    expect([other.requests, leader.requests]).toEqual([[], []]);
  });

  it('the request does not follow a redirect to a leader on another machine in plain HTTP', async () => {
    const leader = 'http://vault.example.com:8200';
    const node = await standbyOf({ address: leader });
    expect(await failure(ask(node.address))).toContain(`${leader} would get tokens and secret ids unencrypted`);
  });

  it('the request does not follow a redirect to another path of the leader', async () => {
    const leader = await serve();
    const node = await standby(
      () => leader.address,
      () => `${leader.address}/v1/auth/token/lookup-self`,
    );
    expect(await failure(ask(node.address))).toContain('with a redirect to another path; nothing was sent there');
    expect(leader.requests).toEqual([]);
  });

  it.each([301, 302, 303, 308])('the request does not follow a %d, even to the leader', async (status) => {
    const leader = await serve();
    const node = await standbyOf(leader, status);
    expect(await failure(ask(node.address))).toContain(
      `with a redirect (${status}) to ${leader.address}; nothing was sent there`,
    );
    expect(leader.requests).toEqual([]);
  });

  it.each(['', 'nonsense'])('the request follows no redirect if the leader is "%s"', async (named) => {
    const other = await serve();
    const node = await standby(
      () => named,
      (url) => `${other.address}${url}`,
    );
    expect(await failure(ask(node.address))).toContain('names nobody as its leader; nothing was sent there');
    expect(other.requests).toEqual([]);
  });
});

it('each step of unwrapping follows the redirect to the leader', async () => {
  const leader = await serve(({ url }, response) =>
    response.end(
      JSON.stringify({
        data: url.endsWith('lookup')
          ? { creation_path: 'auth/approle/role/x/secret-id' }
          : { secret_id: 'the-secret-id' },
      }),
    ),
  );
  const node = await standbyOf(leader);
  expect(await unwrapSecretId(connection(node.address), 'the-wrapping-token')).toBe('the-secret-id');
  expect(leader.asked).toEqual(['PUT /v1/sys/wrapping/lookup', 'PUT /v1/sys/wrapping/unwrap']);
});

it.each([
  ['leader', true],
  ['another server', false],
])('the login renews and revokes its Vault token at the leader only, redirected to: %s', async (_, named) => {
  const other = await serve(({ url }, response) =>
    response.end(JSON.stringify(url.includes('self') ? { auth: lease } : {})),
  );
  const lease = { client_token: TOKEN, lease_duration: 1, renewable: true };
  let loggedIn = false;
  const node = await serve(({ url }, response) => {
    if (url === '/v1/sys/leader') {
      response.end(JSON.stringify({ leader_address: named ? other.address : 'http://127.0.0.1:1' }));
    } else if (loggedIn) {
      response.writeHead(307, { location: `${other.address}${url}` }).end();
    } else {
      loggedIn = true;
      response.end(JSON.stringify({ auth: lease }));
    }
  });
  const login = new AppRoleLogin(connection(node.address), { roleId: 'r', secretId: 'the-secret-id' });
  await login.vault();
  jest.advanceTimersByTime(667);
  const renewed = named ? 'PUT /v1/auth/token/renew-self' : 'GET /v1/sys/leader';
  await eventually(() => (named ? other : node).asked.includes(renewed) || undefined);
  await login[Symbol.asyncDispose]();
  const self = ['PUT /v1/auth/token/renew-self', 'PUT /v1/auth/token/revoke-self'];
  expect(other.asked).toEqual(named ? self : []);
  expect(node.asked.filter((asked) => asked.endsWith('self'))).toEqual(self);
});

it('a request follows the redirect if its path has characters that a URL escapes', async () => {
  const leader = await serve();
  const node = await standbyOf(leader);
  await connection(node.address).read('secret/a b?list=true', () => undefined);
  expect(leader.asked).toEqual(['GET /v1/secret/a%20b?list=true']);
});

it('the error names the leader if the leader does not answer', async () => {
  const leader = await RecordingServer.start();
  const { address } = leader;
  await leader[Symbol.asyncDispose]();
  const node = await standbyOf({ address });
  const message = await failure(connection(node.address).read('secret/x', () => undefined));
  expect(message).toContain(`no answer from Vault at ${address} (ECONNREFUSED)`);
});

it('a request ends if the caller aborts during the leader lookup', async () => {
  const node = await serve(({ url }, response) => {
    if (url !== '/v1/sys/leader') {
      response.writeHead(307, { location: `http://127.0.0.1:1${url}` }).end();
    }
  });
  const reason = new Error('enough');
  const abort = new AbortController();
  const asking = connection(node.address).json('GET', 'secret/x', () => undefined, { signal: abort.signal });
  await eventually(() => node.asked.includes('GET /v1/sys/leader') || undefined);
  abort.abort(reason);
  await expect(asking).rejects.toBe(reason);
});
