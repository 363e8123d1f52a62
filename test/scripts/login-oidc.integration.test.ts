import { freePort } from '../../lib/process/free-port';
import { OIDC_SECRET_VARIABLE } from '../../lib/declaration/operators-declaration';
import type { VaultClient } from '../../lib/vault/vault-client';
import { OidcProvider } from '../fixtures/oidc-provider';
import { OperatedServer } from '../fixtures/operated-server';
import { Script, type ScriptResult } from '../fixtures/script';

// Several processes one after the other.
jest.setTimeout(60_000);

const GROUPS = {
  provisioner: ['platform'],
  authorizer: ['webex-admins', 'CN=admins'],
  issuer: ['app-owners'],
  observer: ['on-call, night'],
};

let provider: OidcProvider;
let operated: OperatedServer;
let port: number;

beforeAll(async () => {
  port = await freePort();
  const redirectUrl = `http://localhost:${port}/oidc/callback`;
  provider = await OidcProvider.start({ redirectUris: [redirectUrl] });
  operated = await OperatedServer.start();
  const { issuer, ca, clientId, clientSecret } = provider;
  operated.declare({
    operators: {
      oidc: { issuer, issuerCa: ca, clientId, scopes: ['groups'], groups: GROUPS, redirectUrls: [redirectUrl] },
    },
  });
  operated.variables = { [OIDC_SECRET_VARIABLE]: clientSecret };
  const { stderr } = await operated.init();
  console.log(stderr);
  await operated.deploy();
}, 120_000);
afterAll(async () => {
  await operated[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

/** Starts the command, and has it say where to log in. */
async function begin(operator: string, args: readonly string[] = []): Promise<{ script: Script; url: string }> {
  const script = new Script('login', [operator, '--oidc', '--no-open', ...args], operated.environment);
  const [, url = ''] = await script.says(/Log in on this page:\n\n {2}(\S+)/);
  return { script, url };
}

async function logIn(operator: string, groups: readonly string[]): Promise<ScriptResult & { page: string }> {
  const { script, url } = await begin(operator);
  const redirected = await provider.signIn(url, { groups });
  const page = await (await fetch(redirected)).text();
  return { ...(await script.result()), page };
}

test('logs in', async () => {
  const { stdout, stderr, page } = await logIn('authorizer', ['staff', 'webex-admins']);
  console.log(stdout, stderr, page);
});
