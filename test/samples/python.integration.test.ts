import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../lib/processes/free-port';
import { run, type FinishedCommand } from '../../lib/processes/child-process';
import { cachedPython } from '../../release/python/cached-python';
import { WrittenVault } from '../../rehearsal/written-vault';
import { endToken } from '../fixtures/worlds/ended-token';
import { pythonEnvironment } from '../fixtures/programs/python-app';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

/* The samples in Python: the counterparts of the programs in the article. */

const SAMPLES = join(PROJECT_FOLDER, 'samples/python');

let vault: WrittenVault;
let python: string;
let env: Record<string, string>;

beforeAll(async () => {
  vault = await WrittenVault.start();
  python = await cachedPython();
  const { roleId, secretId } = await vault.appLogin('people-me');
  env = {
    ...pythonEnvironment(),
    VAULT_ADDR: vault.server.address,
    VAULT_ROLE_ID: roleId,
    VAULT_SECRET_ID: secretId,
    WEBEX_API_URL: vault.webex.apiUrl,
  };
});
afterAll(() => vault[Symbol.asyncDispose]());

const peopleMe = (...args: string[]): Promise<FinishedCommand> =>
  run(python, ['-B', join(SAMPLES, 'people_me.py'), ...args], { env });

describe('people_me.py', () => {
  it('the program names the command to run if nobody has authorized the credential', async () => {
    const { exitCode, stdout, stderr } = await peopleMe();
    expect(stderr).toMatch(/^error: credential "testauth" has no grant: .* authorize testauth\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  });

  it('the program prints only the display name, and logs out', async () => {
    await vault.engine.authorize(vault.admin, 'testauth');
    const before = await vault.admin.list('auth/token/accessors');
    expect(await peopleMe()).toEqual({ exitCode: 0, stdout: 'Ada Admin\n', stderr: '' });
    expect(await vault.admin.list('auth/token/accessors')).toHaveLength(before.length);
  });

  it('the program says in one line that it may not read the credential', async () => {
    const { exitCode, stderr } = await peopleMe('--credential', 'other');
    expect(stderr).toMatch(/^error: [^\n]*\n$/);
    expect(exitCode).toBe(5);
  });

  it('the program says in one line that Webex does not answer', async () => {
    const other = { ...env, WEBEX_API_URL: `http://127.0.0.1:${await freePort()}/v1` };
    const { exitCode, stderr } = await run(python, ['-B', join(SAMPLES, 'people_me.py')], { env: other });
    expect(stderr).toMatch(/^error: [^\n]*\n$/);
    expect(exitCode).toBe(4);
  });
});

describe('people_me_web.py', () => {
  let app: ChildProcessWithoutNullStreams;
  let url: string;
  let output = '';

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    app = spawn(python, ['-B', join(SAMPLES, 'people_me_web.py'), '--port', String(port)], { env });
    for (const stream of [app.stdout, app.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    while (app.exitCode === null && !output.includes('Running on')) {
      await sleep(20);
    }
  });
  afterAll(() => app.kill('SIGKILL'));

  async function ask(host = 'localhost'): Promise<{ status?: number; page: string; policy: string }> {
    const [answer] = (await once(request(url, { headers: { host } }).end(), 'response')) as [IncomingMessage];
    const policy = String(answer.headers['content-security-policy']);
    return { status: answer.statusCode, page: await text(answer), policy };
  }

  it('the page shows the person who authorized the credential, and no token', async () => {
    await vault.engine.authorize(vault.admin, 'testauth');
    const { status, page, policy } = await ask();
    expect(status).toBe(200);
    expect(page).toContain('<h1>Ada Admin</h1>');
    expect(page).toContain('ada.admin@example.com');
    expect(vault.engine.issued.filter((secret) => page.includes(secret) || output.includes(secret))).toEqual([]);
    expect(policy).toContain("default-src 'none'");
  });

  it('the page outlives the token of its first request', async () => {
    await endToken(vault);
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it('the server refuses another host name', async () => {
    expect(await ask('evil.test')).toMatchObject({ status: 400 });
  });

  it('the app ends on Ctrl-C and logs out', async () => {
    const before = await vault.admin.list('auth/token/accessors');
    app.kill('SIGINT');
    await once(app, 'close');
    expect((await vault.admin.list('auth/token/accessors')).length).toBeLessThan(before.length);
  });
});
