import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { freePort } from '../../lib/processes/free-port';
import { Script } from '../fixtures/programs/script';
import { WrittenVault } from '../../rehearsal/written-vault';

let vault: WrittenVault;
let env: Record<string, string>;
let script: Script;
let port: number;

beforeAll(async () => {
  vault = await WrittenVault.start({
    credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
  });
  const { roleId, secretId } = await vault.appLogin('people-me');
  env = {
    VAULT_ADDR: vault.server.address,
    VAULT_ROLE_ID: roleId,
    VAULT_SECRET_ID: secretId,
    WEBEX_API_URL: vault.webex.apiUrl,
  };
  port = await freePort();
  script = start(port);
  await script.says(/^Open http:\/\/localhost:\d+\/ in a browser; Ctrl-C ends it\.$/m);
});
afterAll(() => vault[Symbol.asyncDispose]());

function start(at: number | string): Script {
  return new Script('samples/people-me-web.ts', ['--port', String(at)], env);
}

async function ask(path = '/', host = `localhost:${port}`): Promise<{ status?: number; page: string; policy: string }> {
  const sent = request({ port, path, host: '127.0.0.1', headers: { host } }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return {
    status: answer.statusCode,
    page: await text(answer),
    policy: String(answer.headers['content-security-policy']),
  };
}

it('the page says that the credential has no grant, and names the command to run', async () => {
  const { status, page } = await ask();
  expect(status).toBe(503);
  expect(page).toContain('has no grant');
  expect(page).toContain('authorize testauth');
});

it('the page shows the person who authorized the credential, and no token', async () => {
  await vault.engine.authorize(vault.admin, 'testauth');
  // All callers get the same refusal for a second.
  let shown = await ask();
  while (shown.status !== 200) {
    shown = await ask();
  }
  expect(shown.page).toContain('<h1>Ada Admin</h1>');
  expect(shown.page).toContain('ada.admin@example.com');
  expect(vault.engine.issued.filter((secret) => shown.page.includes(secret))).toEqual([]);
  expect(shown.policy).toContain("default-src 'none'");
});

it('the server refuses other host names and other paths', async () => {
  expect((await ask('/', `evil.test:${port}`)).status).toBe(404);
  expect((await ask('/people')).status).toBe(404);
});

it('the program says in one line that its port is taken', async () => {
  expect(await start(port).result()).toMatchObject({
    exitCode: 1,
    stderr: `error: port ${port} on 127.0.0.1 is not available (EADDRINUSE); choose another one with --port\n`,
  });
});

it('the program refuses an invalid port', async () => {
  expect(await start('web').result()).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^error: --port must be a whole number from 1 to 65535, got "web"/) as string,
  });
});

it('the program ends on Ctrl-C and logs out', async () => {
  const before = await vault.admin.list('auth/token/accessors');
  script.child.kill('SIGINT');
  expect(await script.result()).toMatchObject({ exitCode: 0, stdout: '' });
  expect((await vault.admin.list('auth/token/accessors')).length).toBeLessThan(before.length);
});
