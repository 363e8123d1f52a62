import { existsSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { ServerProcess, ServerStartError } from '../../../lib/processes/server-process';
import { fakeCommand } from '../../rehearsal/fake-command';
import { eventually } from '../../../rehearsal/eventually';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* Shell scripts in place of servers show states that a real server does not show on demand. */

let folder: string;
beforeEach(() => (folder = temporaryFolder()));

const start = (script: string, address = 'http://127.0.0.1:9', workDirectory?: string): Promise<ServerProcess> =>
  ServerProcess.start({ binary: fakeCommand(folder, 'bao', script), config: {}, address, workDirectory });

async function failure(starting: Promise<ServerProcess>): Promise<Error> {
  return starting.then(
    () => new Error('it started'),
    (error: unknown) => error as Error,
  );
}

test('a server that exits at once causes an error with its last message', async () => {
  const script =
    'echo "WARNING: in memory"; echo; echo "Error initializing listener: bind: address already in use"; exit 1';
  const error = await failure(start(script));
  expect(error).toBeInstanceOf(ServerStartError);
  expect(error).toMatchObject({
    isAddressTaken: true,
    reason: expect.stringMatching(/^Error init.* in use$/) as string,
  });
});

test('a server binary that is missing causes an explained error', async () => {
  const starting = ServerProcess.start({ binary: join(folder, 'missing'), config: {}, address: 'http://127.0.0.1:9' });
  const error = await failure(starting);
  expect(error).toBeInstanceOf(ExplainedError);
  expect(error.message).toContain('cannot be run (ENOENT)');
});

test('the server gets no variables that would configure it, and no Webex secret', async () => {
  const variables = { BAO_ADDR: 'b', VAULT_TOKEN: 'v', WEBEX_CLIENT_SECRET: 'w', OTHER: 'o' };
  Object.assign(process.env, variables);
  try {
    const script = 'echo "error: $BAO_ADDR,$VAULT_TOKEN,$WEBEX_CLIENT_SECRET,$OTHER"; exit 1';
    expect(await failure(start(script))).toMatchObject({ reason: 'error: ,,,o' });
  } finally {
    Object.keys(variables).forEach((name) => Reflect.deleteProperty(process.env, name));
  }
});

test("the server's configuration is private, and is deleted when the server ends", async () => {
  const script = `
    file="\${2#-config=}"
    echo "error: $(ls -ld "\${file%/*}" | cut -c1-10) $(ls -l "$file" | cut -c1-10) $file"
    exit 1`;
  const { message } = await failure(start(script));
  const [, temporaryFolder = ''] = /error: drwx------ -rw------- (\S+)\/server\.json"/.exec(message) ?? [];
  expect(temporaryFolder).toMatch(/\/openbao-\w+$/);
  expect(existsSync(temporaryFolder)).toBe(false);
});

test("the server's configuration stays in a given folder", async () => {
  const workDirectory = join(folder, 'given');
  await failure(start('exit 1', undefined, workDirectory));
  expect(readdirSync(workDirectory)).toEqual(['server.json']);
});

describe('once it answers', () => {
  let api: Server;
  let address: string;
  beforeEach(async () => {
    const status = { initialized: false, sealed: true, version: '2.7.2', t: 1, n: 1, progress: 0 };
    api = createServer((_, response) =>
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(status)),
    );
    await new Promise<void>((listening) => api.listen(0, '127.0.0.1', listening));
    address = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((closed) => api.close(closed)));

  const STARTED = 'echo "==> OpenBao server started! Log data will stream in below:"';

  async function gone(pid: number): Promise<void> {
    await eventually(() => {
      try {
        process.kill(pid, 0);
        return undefined;
      } catch {
        return true;
      }
    });
  }

  test('another server at the same address is not mistaken for the started one', async () => {
    expect(await failure(start('echo "error: of mine"; exit 1', address))).toMatchObject({ reason: 'error: of mine' });
  });

  test('the children of a server end when it stops', async () => {
    const server = await start(`sleep 1000 & echo "child $!"; ${STARTED}; wait`, address);
    const child = Number(/child (\d+)/.exec(server.log)?.[1]);
    await server.stop();
    await server.stop();
    await gone(child);
    expect(server.isRunning).toBe(false);
  });

  test('the children of a server end when it is killed', async () => {
    const server = await start(`sleep 1000 & echo "child $!"; ${STARTED}; wait`, address);
    const child = Number(/child (\d+)/.exec(server.log)?.[1]);
    process.kill(server.pid, 'SIGKILL');
    await gone(child);
    await server.stop();
  });

  test('a server that ignores a stop request is killed', async () => {
    const server = await start(`trap '' TERM; ${STARTED}; while true; do sleep 1; done`, address);
    await server.stop(50);
    expect(server.isRunning).toBe(false);
  });
});
