import { join } from 'node:path';
import { WrittenVault } from '../../rehearsal/written-vault';
import { endToken } from '../fixtures/worlds/ended-token';
import { NO_WXC_SDK, PythonApp } from '../fixtures/programs/python-app';
import { describeUnless } from '../fixtures/runs/left-out';

/* The adapters of the Python package, each on its real SDK: a token ends at Webex, and the SDK continues. */

const PROGRAM = join(__dirname, 'programs/sdk_app.py');

let vault: WrittenVault;
let environment: Record<string, string>;

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.authorize();
  const { roleId, secretId } = await vault.appLogin('people-me');
  environment = {
    VAULT_ADDR: vault.server.address,
    VAULT_ROLE_ID: roleId,
    VAULT_SECRET_ID: secretId,
    WEBEX_API_URL: vault.webex.apiUrl,
  };
});
afterAll(() => vault[Symbol.asyncDispose]());

/** The first request after the end of the token is refused and repeated. */
async function continues(sdk: string): Promise<void> {
  await using app = await PythonApp.start([PROGRAM, sdk], environment);
  expect(await app.ask()).toBe('Ada Admin');
  await endToken(vault);
  vault.webex.requests.length = 0;
  expect(await app.ask()).toBe('Ada Admin');
  expect(await app.ask()).toBe('Ada Admin');
  expect(vault.webex.requests.map(({ status }) => status)).toEqual([401, 200, 200]);
  expect(await app.ends()).toBe('');
  expect(app.child.exitCode).toBe(0);
}

it.each(['requests', 'httpx', 'httpx_async', 'webexpythonsdk'])(
  'an app on %s continues after the end of its token',
  continues,
);

describeUnless(NO_WXC_SDK)('an app on wxc_sdk', () => {
  it.each(['wxc_sdk', 'wxc_sdk_async'])('the app continues after the end of its token: %s', continues);
});
