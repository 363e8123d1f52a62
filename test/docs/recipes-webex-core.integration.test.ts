import { on } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TokenSource } from '../../client/src/token-source';
import { WrittenVault } from '../../rehearsal/written-vault';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import { bundle } from '../fixtures/packages/bundle';
import { installedWebexCore } from '../fixtures/packages/installed-webex-core';
import { snippet } from '../fixtures/pages/code-block';
import { Script } from '../fixtures/programs/script';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The recipes for the Webex SDK in docs/tasks/recipes.md, on the real package. */

/** Lets the SDK send the token to the simulated Webex, whose domain is not one of its own. */
const SERVICES = "services: { allowedDomains: ['127.0.0.1'] }";
/** Answers each line of stdin by a request of the SDK. The SDK writes its log to stdout, too. */
const REQUESTS = `
  const ask = () => webex.request({ uri: process.env.WEBEX_API + '/people/me' });
  const answer = (text) => console.log('answer: ' + text);
  require('node:readline').createInterface({ input: process.stdin }).on('line', () =>
    ask().then(({ body }) => answer(body.displayName), (error) => answer(error.statusCode ?? error)));
`;
/** The SDK then takes Node for a browser where it refreshes, and nowhere else. */
const AS_IN_A_BROWSER = `
  const detection = require.resolve('@webex/common/dist/in-browser/node');
  require.cache[detection] = { id: detection, filename: detection, loaded: true, exports: { __esModule: true, default: true } };
`;

let vault: WrittenVault;
let tokens: TokenSource;
let backend: RecordingServer;
let environment: NodeJS.ProcessEnv;
const folder = temporaryFolder();

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.authorize();
  const { roleId, secretId } = await vault.appLogin('people-me');
  const secretIdFile = join(folder, 'secret-id');
  writeFileSync(secretIdFile, secretId, { mode: 0o600 });
  tokens = new TokenSource({ address: vault.server.address, credential: 'testauth', roleId, secretIdFile });
  backend = await RecordingServer.start((_, response) => {
    tokens.forget();
    void tokens.token().then(({ accessToken }) => {
      response.end(JSON.stringify({ access_token: accessToken, token_type: 'Bearer' }));
    });
  });
  mkdirSync(join(folder, 'modules/webex-token-client'), { recursive: true });
  bundle(['client/src/index'], join(folder, 'modules/webex-token-client'), 'index.js');
  environment = {
    NODE_PATH: [await installedWebexCore(), join(folder, 'modules')].join(':'),
    NODE_ENV: 'production',
    VAULT_ADDR: vault.server.address,
    VAULT_ROLE_ID: roleId,
    VAULT_SECRET_ID_FILE: secretIdFile,
    WEBEX_API: vault.webex.apiUrl,
    // The SDK would ask Webex for its services.
    ...Object.fromEntries(['U2C', 'HYDRA', 'SQDISCOVERY'].map((name) => [`${name}_SERVICE_URL`, backend.address])),
  };
}, 600_000);
afterAll(async () => {
  await backend[Symbol.asyncDispose]();
  await tokens[Symbol.asyncDispose]();
  await vault[Symbol.asyncDispose]();
});

test('the page installs the packages that the test has', () => {
  const { dependencies } = JSON.parse(
    readFileSync(join(__dirname, '../fixtures/packages/webex-core/package.json'), 'utf8'),
  ) as { dependencies: Record<string, string> };
  const named = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
  expect(snippet('docs/tasks/recipes.md', 'webex-core-install').trim().split(' ').slice(2).sort()).toEqual(
    named.sort(),
  );
});

test('in Node, the SDK has the token of TokenSource, and a fresh one after a 401', async () => {
  const program = snippet('docs/tasks/recipes.md', 'webex-core').replace(
    'new WebexCore()',
    `new WebexCore({ config: { ${SERVICES} } })`,
  );
  await using app = new App(program);
  await expect(app.asks()).resolves.toBe('Ada Admin');
  await endTheToken();
  await expect(app.asks()).resolves.toBe('Ada Admin');
  expect(vault.webex.requests.filter(({ path }) => path === '/v1/people/me').at(-2)?.status).toBe(401);
});

/* The page says so. If it is no longer true, the page can become simpler. */
test('in Node, the SDK does not call refreshCallback', async () => {
  await using app = new App(browserProgram());
  await expect(app.asks()).resolves.toBe('Ada Admin');
  await endTheToken();
  await expect(app.asks()).resolves.toBe('401');
});

test('in a browser, the SDK gets a fresh token by refreshCallback after a 401', async () => {
  await using app = new App(AS_IN_A_BROWSER + browserProgram());
  await expect(app.asks()).resolves.toBe('Ada Admin');
  const before = backend.requests.length;
  await endTheToken();
  await expect(app.asks()).resolves.toBe('Ada Admin');
  expect(backend.asked.slice(before)).toContain('POST /webex-token');
});

function browserProgram(): string {
  const program = snippet('docs/tasks/recipes.md', 'webex-core-browser')
    .replace("'/webex-token'", `'${backend.address}/webex-token'`)
    .replace('config: {', `config: { ${SERVICES},`);
  return `const { default: WebexCore } = require('@webex/webex-core');\n${program}`;
}

/** Ends the token at Webex, and lets the engine have another one. */
async function endTheToken(): Promise<void> {
  vault.webex.grants.expireAccessTokens();
  await vault.engine.forceRefresh(vault.admin, 'testauth');
}

/** A process with the program of the page, which makes a request whenever it is asked to. */
class App implements AsyncDisposable {
  readonly #script: Script;
  readonly #lines: AsyncIterator<string[]>;

  constructor(program: string) {
    const file = join(folder, 'app.js');
    writeFileSync(file, `void (async () => {\n${program}\n${REQUESTS}\n})();\n`);
    this.#script = new Script(file, [], environment);
    this.#lines = on(createInterface({ input: this.#script.child.stdout }), 'line', { close: ['close'] });
  }

  async asks(): Promise<string> {
    this.#script.child.stdin.write('ask\n');
    for (;;) {
      const { done, value } = (await this.#lines.next()) as IteratorResult<string[], undefined>;
      if (done === true) {
        throw new Error(`the app ended: ${(await this.#script.result()).stderr}`);
      }
      const [, answer] = /^answer: (.*)$/.exec(value[0] ?? '') ?? [];
      if (answer !== undefined) {
        return answer;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#script.child.kill();
    await this.#script.result();
  }
}
