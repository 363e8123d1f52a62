import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { cachedPython } from '../../release/python/cached-python';
import { WrittenVault } from '../../rehearsal/written-vault';
import { snippet } from '../fixtures/pages/code-block';
import { Typist } from '../fixtures/pages/typist';
import { NO_WXC_SDK, pythonEnvironment } from '../fixtures/programs/python-app';
import { testUnless } from '../fixtures/runs/left-out';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The programs of docs/tasks/python.md and python/README.md. */

let vault: WrittenVault;
let login: { readonly roleId: string; readonly secretId: string };

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.authorize();
  login = await vault.appLogin('people-me');
});
afterAll(() => vault[Symbol.asyncDispose]());

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

testUnless(NO_WXC_SDK)('the program on wxc_sdk prints the name of the person', async () => {
  const here = `from wxc_sdk.rest import RestSession\nRestSession.BASE = "${vault.webex.apiUrl}"\n`;
  expect(await runs(here + snippet('docs/tasks/python.md', 'wxc_sdk'), ofApp())).toBe('Ada Admin\n');
});

describe('an app behind the proxy', () => {
  /** Types the command of the page, whose app.py is this program. The proxy goes to the simulated Webex. */
  async function getsThrough(program: string): Promise<void> {
    using typist = new Typist(ofApp());
    writeFileSync(join(typist.folder, 'app.py'), program);
    typist.writeProgram('python3', `exec '${await cachedPython()}' "$@"`);
    vault.webex.requests.length = 0;
    const instead = { '--proxy testauth': `--proxy testauth --upstream ${vault.webex.url}` };
    expect(await typist.types('docs/tasks/python.md', 'proxy', { instead })).toBe('Ada Admin\n');
    expect(vault.webex.requests.map(({ path, status }) => ({ path, status }))).toEqual([
      { path: '/v1/people/me', status: 200 },
    ]);
  }

  it.each([
    ['webexpythonsdk', snippet('docs/tasks/python.md', 'proxied webexpythonsdk')],
    ['requests', snippet('docs/tasks/python.md', 'proxied requests')],
  ])('the app on %s gets the person by the one line of the SDK', (_, program) => getsThrough(program));

  testUnless(NO_WXC_SDK)('the app on wxc_sdk gets the person by the one line of the SDK', () =>
    getsThrough(snippet('docs/tasks/python.md', 'proxied wxc_sdk')),
  );

  testUnless(NO_WXC_SDK)('the app on wxc_sdk with asyncio gets the person by the base of that session', () =>
    getsThrough(`
import asyncio, os
from wxc_sdk.as_api import AsWebexSimpleApi
from wxc_sdk.as_rest import AsRestSession

async def main():
    AsRestSession.BASE = os.environ["WEBEX_BASE_URL"].rstrip("/")
    async with AsWebexSimpleApi() as api:
        print((await api.people.me()).display_name)

asyncio.run(main())`),
  );
});
