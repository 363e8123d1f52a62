import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TokenSource } from '../../client/src/token-source';
import { WebexProxy } from '../../client/src/proxy/webex-proxy';
import { run } from '../../lib/processes/child-process';
import { cachedPython } from '../../release/python/cached-python';
import { WrittenVault } from '../../rehearsal/written-vault';
import { snippet } from '../fixtures/pages/code-block';
import { pythonEnvironment } from '../fixtures/programs/python-app';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The programs of docs/tasks/python.md and python/README.md. */

const KEY = 'the-key-of-this-run-of-the-proxy-0123456789';

let vault: WrittenVault;
let login: { readonly roleId: string; readonly secretId: string };
let proxy: WebexProxy;
let tokens: TokenSource;

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.authorize();
  login = await vault.appLogin('people-me');
  tokens = new TokenSource({ address: vault.server.address, credential: 'testauth', ...login });
  proxy = await WebexProxy.listen({ tokens, key: KEY, upstream: vault.webex.url, listen: '127.0.0.1:0' });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await tokens[Symbol.asyncDispose]();
  await vault[Symbol.asyncDispose]();
});

/** Runs a program of a page. @param instead replacements, each of which the program must have */
async function runs(
  program: string,
  env: Record<string, string>,
  instead: Record<string, string> = {},
): Promise<string> {
  for (const [there, here] of Object.entries(instead)) {
    expect(program).toContain(there);
    program = program.replaceAll(there, here);
  }
  const { exitCode, stdout, stderr } = await run(await cachedPython(), ['-B', '-c', program], {
    env: { ...pythonEnvironment(), ...env },
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

function ofApp(): Record<string, string> {
  return { VAULT_ADDR: vault.server.address, VAULT_ROLE_ID: login.roleId, VAULT_SECRET_ID: login.secretId };
}

/** The simulated Webex in place of the real one. */
const API = 'https://webexapis.com/v1';
const auth = (): Record<string, string> => ({
  [API]: vault.webex.apiUrl,
  'WebexAuth(tokens)': `WebexAuth(tokens, origins=["${vault.webex.url}"])`,
});

it('the first program gets the person of the token', async () => {
  const person = await runs(snippet('docs/tasks/python.md', 'token'), ofApp(), { [API]: vault.webex.apiUrl });
  expect(JSON.parse(person)).toMatchObject({ displayName: 'Ada Admin' });
});

it('the program with settings reads the token without an environment', async () => {
  const file = join(temporaryFolder(), 'secret-id');
  writeFileSync(file, login.secretId, { mode: 0o600 });
  const settings = {
    'ROLE-ID': login.roleId,
    'people-me.secret-id': file,
    'https://vault.example.com:8200': vault.server.address,
  };
  expect(new Date(await runs(snippet('docs/tasks/python.md', 'settings'), {}, settings)).getTime()).toBeGreaterThan(
    Date.now(),
  );
});

it.each([
  ['requests', snippet('docs/tasks/python.md', 'requests')],
  ['httpx', snippet('docs/tasks/python.md', 'httpx')],
  ['requests, in python/README.md,', snippet('python/README.md', 'requests')],
])('the program on %s prints the name of the person', async (_, program) => {
  expect(await runs(program, ofApp(), auth())).toBe('Ada Admin\n');
});

it('the program on webexpythonsdk prints the name of the person', async () => {
  const instead = { 'WebexAPI(tokens)': `WebexAPI(tokens, base_url="${vault.webex.apiUrl}/")` };
  expect(await runs(snippet('docs/tasks/python.md', 'webexpythonsdk'), ofApp(), instead)).toBe('Ada Admin\n');
});

it('the program on wxc_sdk prints the name of the person', async () => {
  const here = `from wxc_sdk.rest import RestSession\nRestSession.BASE = "${vault.webex.apiUrl}"\n`;
  expect(await runs(here + snippet('docs/tasks/python.md', 'wxc_sdk'), ofApp())).toBe('Ada Admin\n');
});

it.each([
  ['webexpythonsdk', snippet('docs/tasks/python.md', 'proxied webexpythonsdk')],
  ['wxc_sdk', snippet('docs/tasks/python.md', 'proxied wxc_sdk')],
  ['requests', snippet('docs/tasks/python.md', 'proxied requests')],
])('the app on %s gets through the proxy with its key alone', async (_, program) => {
  vault.webex.requests.length = 0;
  const env = { WEBEX_BASE_URL: `http://127.0.0.1:${proxy.port}/v1/`, WEBEX_ACCESS_TOKEN: KEY };
  expect(await runs(program, env)).toBe('Ada Admin\n');
  expect(vault.webex.requests.map(({ path, status }) => ({ path, status }))).toEqual([
    { path: '/v1/people/me', status: 200 },
  ]);
});
