import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { VaultConnection } from '#core';
import { restoreSnapshot, saveSnapshot } from '../../../../lib/server/snapshots/raft-snapshot';
import { RecordingServer } from '../../../fixtures/loopback/recording-server';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

/* Standby nodes and broken connections, which the real server does not show on demand. The rest is in test/server. */

const TOKEN = 's.token-that-no-error-may-show';
let folder: string;
const servers: Server[] = [];

beforeAll(() => (folder = temporaryFolder()));
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function connection(address: string): VaultConnection {
  return new VaultConnection({ address, token: TOKEN });
}

/** A node that names the leader, and redirects all other requests to it. */
function standby(leader: () => string): RequestListener {
  return ({ url = '' }, response) => {
    if (url === '/v1/sys/leader') {
      response.end(JSON.stringify({ ha_enabled: true, is_self: false, leader_address: leader() }));
    } else {
      response.writeHead(307, { Location: `${leader()}${url}` }).end();
    }
  };
}

test('a standby node redirects the client to the leader, and the client sends token and body', async () => {
  await using leader = await RecordingServer.start((_, response) => response.writeHead(204).end());
  const address = await serve(standby(() => leader.address));
  const file = join(folder, 'body');
  await writeFile(file, 'the snapshot');
  await restoreSnapshot(connection(address), file);
  const headers = { 'x-vault-token': TOKEN };
  expect(leader.requests).toMatchObject([{ url: '/v1/sys/storage/raft/snapshot', body: 'the snapshot', headers }]);
});

test('a path in the address is part of every request, as behind a proxy', async () => {
  await using proxy = await RecordingServer.start((_, response) => response.writeHead(204).end());
  const file = join(folder, 'behind-a-proxy');
  await writeFile(file, 'the snapshot');
  const vault = connection(`${proxy.address}/vault/`);
  await restoreSnapshot(vault, file);
  await restoreSnapshot(vault, file, { force: true });
  await expect(saveSnapshot(vault, join(folder, 'saved'))).rejects.toThrow();
  expect(proxy.asked).toEqual([
    'POST /vault/v1/sys/storage/raft/snapshot',
    'POST /vault/v1/sys/storage/raft/snapshot-force',
    'GET /vault/v1/sys/storage/raft/snapshot',
  ]);
});

test('the client follows one redirect and stops at a circle', async () => {
  const circle: string = await serve(standby(() => circle));
  await expect(saveSnapshot(connection(circle), join(folder, 'circle'))).rejects.toThrow('Vault answered 307');
});

test('the token does not follow a redirect to another protocol', async () => {
  const address = await serve((_, response) => {
    response.writeHead(307, { Location: 'https://127.0.0.1:1/v1/sys/storage/raft/snapshot' }).end();
  });
  await expect(saveSnapshot(connection(address), join(folder, 'other'))).rejects.toThrow('correct api_addr');
});

test("the server's refusal arrives before the body is sent, and the error quotes it", async () => {
  let asked = false;
  const address = await serve((_, response) => response.writeHead(204).end());
  servers[0]?.on('checkContinue', (_request, response) => {
    asked = true;
    response.writeHead(403, { 'Content-Type': 'application/json' }).end('{"errors":["permission denied"]}');
  });
  const file = join(folder, 'large');
  await writeFile(file, Buffer.alloc(8 * 1024 * 1024));
  await expect(restoreSnapshot(connection(address), file)).rejects.toMatchObject({
    name: 'VaultResponseError',
    statusCode: 403,
    errors: ['permission denied'],
  });
  expect(asked).toBe(true);
});

test.each([
  ['breaks off', (response: { destroy(): unknown }) => response.destroy(), 'no answer from Vault'],
  ['is no snapshot', (response: { end(text: string): unknown }) => response.end('<html>'), 'is not a whole Raft'],
])('an answer that %s leaves no file, and no token in the error', async (_, finish, problem) => {
  const address = await serve((_request, response) => {
    response.writeHead(200).write('half', () => finish(response));
  });
  const failure: unknown = await saveSnapshot(connection(address), join(folder, 'half')).catch(
    (error: unknown) => error,
  );
  expect(String(failure)).toContain(problem);
  expect(JSON.stringify(failure)).not.toContain(TOKEN);
  expect((await readdir(folder)).filter((name) => name.includes('half'))).toEqual([]);
});
