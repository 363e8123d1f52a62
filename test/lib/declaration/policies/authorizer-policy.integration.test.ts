import { z } from 'zod';
import { defineDeployment } from '../../../../lib/declaration/define-deployment';
import { declaredConfiguration } from '../../../../lib/declaration/derived/engine-configuration';
import { statusOf } from '../../../fixtures/results/refusal';
import { WrittenVault } from '../../../../rehearsal/written-vault';

/* The authorizer's policy binds each credential to its integration, if each request has to name an integration. */

const OTHER = 'other-organization';

let vault: WrittenVault;

beforeAll(async () => {
  vault = await WrittenVault.start();
  const entry = z.object({ data: z.record(z.string(), z.unknown()) });
  const { data } = await vault.admin.read('oauthapp/servers/webex-myapp', entry);
  await vault.admin.write(`oauthapp/servers/${OTHER}`, { ...data, client_secrets: [vault.clientSecret] });
  // The default integration was set by hand.
  await vault.admin.write('oauthapp/config', { default_server: OTHER });
});

afterAll(() => vault[Symbol.asyncDispose]());

/** A request with a code that Webex issues for the integration. */
async function codeRequest(): Promise<{ code: string | null; redirect_url: string }> {
  const { redirectUrl } = vault.engine;
  const request = { server: 'webex-myapp', redirect_url: redirectUrl, scopes: 'spark:people_read', state: 'state' };
  const reply = z.object({ data: z.object({ url: z.string() }) });
  const { data } = await vault.admin.write('oauthapp/auth-code-url', request, reply);
  return { code: new URL(await vault.webex.consent(data.url)).searchParams.get('code'), redirect_url: redirectUrl };
}

it("the authorizer's policy refuses a write that names another integration", async () => {
  const authorizer = await vault.authorizer();
  const write = authorizer.write('oauthapp/creds/testauth', { server: OTHER, ...(await codeRequest()) });
  await expect(statusOf(write)).resolves.toBe(403);
});

it('the engine refuses a request without an integration, because the declared configuration has no default', async () => {
  await vault.admin.write('oauthapp/config', declaredConfiguration(vault.deployment));
  const authorizer = await vault.authorizer();
  const before = vault.webex.requests.length;
  const request = await codeRequest();
  await expect(statusOf(authorizer.write('oauthapp/creds/testauth', request))).resolves.toBe(400);
  await expect(statusOf(authorizer.read('oauthapp/creds/testauth', z.unknown()))).resolves.toBe(404);
  // No request but the consent page reached Webex.
  expect(vault.webex.requests.slice(before).filter(({ path }) => path.endsWith('/access_token'))).toEqual([]);
});

it('the deployment has no field for a default integration', () => {
  const { deployment } = vault;
  const engine = { ...deployment.engine, defaultServer: OTHER };
  expect(() => defineDeployment({ ...deployment, engine })).toThrow('engine has no field "defaultServer"');
});
