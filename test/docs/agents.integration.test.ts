import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { z } from 'zod';
import { run } from '../../lib/processes/child-process';
import { WrittenVault } from '../../rehearsal/written-vault';
import { SimulatedWebexMcp } from '../fixtures/mcp/simulated-webex-mcp';
import { snippet } from '../fixtures/pages/code-block';
import { Typist } from '../fixtures/pages/typist';
import { Script } from '../fixtures/programs/script';

/*
 * The commands and configurations of docs/tasks/agents.md. Each configuration is read as its client reads it, and the client of the
 * official SDK connects by it, through a real `webex-token proxy`.
 */

const ORIGIN = 'http://127.0.0.1:18201';

let vault: WrittenVault;
let mcp: SimulatedWebexMcp;
let typist: Typist;
let environment: Record<string, string>;
let proxy: Script;
/** Address of the proxy here. The page has the default one. */
let here: string;
let key: string;

beforeAll(async () => {
  const scopes = ['spark:mcp', 'spark:people_read'];
  vault = await WrittenVault.start({ credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes }] });
  await vault.authorize();
  mcp = await SimulatedWebexMcp.start(vault.webex);
  const { roleId, secretId } = await vault.appLogin('people-me');
  typist = new Typist();
  const secretIdFile = join(typist.folder, 'secret-id');
  writeFileSync(secretIdFile, secretId, { mode: 0o600 });
  environment = {
    HOME: typist.folder,
    VAULT_ADDR: vault.server.address,
    VAULT_ROLE_ID: roleId,
    VAULT_SECRET_ID_FILE: secretIdFile,
  };
  await startProxy();
});
afterAll(async () => {
  await endProxy();
  typist[Symbol.dispose]();
  await mcp[Symbol.asyncDispose]();
  await vault[Symbol.asyncDispose]();
});

async function startProxy(): Promise<void> {
  proxy = started('proxy', '--listen', '127.0.0.1:0');
  [, here = ''] = await proxy.says(/is served at (http:\S+),/);
  key = readFileSync(join(typist.folder, 'webex-mcp.key'), 'utf8');
}

/** Its output names neither a tool nor a secret. */
async function endProxy(): Promise<void> {
  proxy.child.kill();
  const { stdout, stderr } = await proxy.result();
  for (const hidden of [...vault.issued, key, 'webex-who-am-i']) {
    expect(stdout + stderr).not.toContain(hidden);
  }
}

/** Starts the command of a block, with the stand-in as its upstream. */
function started(block: 'proxy' | 'proxy-on-socket', ...more: string[]): Script {
  const text =
    block === 'proxy' ? snippet('docs/tasks/agents.md', 'proxy') : snippet('docs/tasks/agents.md', 'proxy-on-socket');
  const [program = '', ...words] = text
    .replaceAll('$HOME', typist.folder)
    .replaceAll(/["'\n]/g, '')
    .split(/ (?!\/mcp)/);
  expect(program).toBe('webex-token');
  expect(words).toContain('https://mcp.webexapis.com');
  const args = words.map((word) => (word === 'https://mcp.webexapis.com' ? mcp.address : word));
  return new Script('webex-token', [...args, ...more], environment);
}

/** Connects as the client of the page would, and asks whose token it has. */
async function asks(url: string, headers: Record<string, string>): Promise<unknown> {
  const client = new Client({ name: 'agent', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(url.replace(ORIGIN, here)), { requestInit: { headers } });
  await client.connect(transport);
  try {
    const { content } = await client.callTool({ name: 'webex-who-am-i' });
    return z.array(z.object({ text: z.string() })).parse(content)[0]?.text;
  } finally {
    await client.close();
  }
}

/** Replaces variables as the client does. */
function filled(text: string, pattern: RegExp): string {
  return text.replace(pattern, key);
}

const servers = z.object({
  webex: z.object({ url: z.string(), headers: z.record(z.string(), z.string()).default({}) }),
});

test('the key of the run gets into the variable', async () => {
  const text = `${snippet('docs/tasks/agents.md', 'key')}printf %s "$WEBEX_MCP_KEY"`;
  expect((await run('bash', ['-c', text], { env: { ...process.env, ...environment } })).stdout).toBe(key);
});

test('Claude Code connects by .mcp.json', async () => {
  const text = filled(snippet('docs/tasks/agents.md', 'claude-code'), /\$\{WEBEX_MCP_KEY\}/);
  const { webex } = z.object({ mcpServers: servers }).parse(JSON.parse(text)).mcpServers;
  await expect(asks(webex.url, webex.headers)).resolves.toBe('Ada Admin');
});

test('Claude Code connects by the headers that a script prints', async () => {
  const printed = await typist.types('docs/tasks/agents.md', 'headers-helper', { env: environment });
  const headers = z.record(z.string(), z.string()).parse(JSON.parse(printed));
  await expect(asks(`${ORIGIN}/mcp/webex-messaging`, headers)).resolves.toBe('Ada Admin');
});

test('without the proxy, the script prints the header for Webex itself', async () => {
  const printed = await typist.types('docs/tasks/agents.md', 'headers-helper-without', { env: environment });
  const headers = z.record(z.string(), z.string()).parse(JSON.parse(printed));
  await expect(asks(mcp.url, headers)).resolves.toBe('Ada Admin');
});

test('Codex connects by config.toml', async () => {
  const text = snippet('docs/tasks/agents.md', 'codex');
  const [, url = ''] = /^url = "([^"]+)"$/m.exec(text) ?? [];
  expect(text).toContain('\nbearer_token_env_var = "WEBEX_MCP_KEY"\n');
  await expect(asks(url, { Authorization: `Bearer ${key}` })).resolves.toBe('Ada Admin');
});

test('Cursor connects by mcp.json', async () => {
  const text = filled(snippet('docs/tasks/agents.md', 'cursor'), /\$\{env:WEBEX_MCP_KEY\}/);
  const { webex } = z.object({ mcpServers: servers }).parse(JSON.parse(text)).mcpServers;
  await expect(asks(webex.url, webex.headers)).resolves.toBe('Ada Admin');
});

test('the bridge of Claude Desktop gets the header in a variable, and no key in its arguments', async () => {
  const command = z.object({ command: z.literal('sh'), args: z.tuple([z.literal('-c'), z.string()]) });
  const config = z.object({ mcpServers: z.object({ webex: command }) });
  const { args } = config.parse(JSON.parse(snippet('docs/tasks/agents.md', 'claude-desktop'))).mcpServers.webex;
  typist.writeProgram('npx', 'printf "%s\\n" "$AUTHORIZATION" "$@"');
  const env = { ...environment, PATH: `${join(typist.folder, 'bin')}:${process.env.PATH ?? ''}` };
  const { stdout } = await run('sh', args, { env });
  const [header = '', ...words] = stdout.trim().split('\n');
  expect(header).toBe(`Bearer ${key}`);
  const url = `${ORIGIN}/mcp/webex-messaging`;
  expect(words).toEqual(['-y', 'mcp-remote@0.15.1', url, '--header', 'Authorization:${AUTHORIZATION}']);
  await expect(asks(url, { Authorization: header })).resolves.toBe('Ada Admin');
});

test('VS Code connects by mcp.json to the socket, without a key', async () => {
  const socket = started('proxy-on-socket');
  try {
    await socket.says(/is served at the socket/);
    const { webex } = z.object({ servers }).parse(JSON.parse(snippet('docs/tasks/agents.md', 'vs-code'))).servers;
    const [, file = '', path = ''] =
      /^unix:\/\/(\/[^#]+)#(.+)$/.exec(webex.url.replace('/home/you', typist.folder)) ?? [];
    expect(existsSync(file)).toBe(true);
    await expect(initializes(file, path)).resolves.toBe(200);
    expect(webex.headers).toEqual({});
  } finally {
    socket.child.kill();
    await socket.result();
  }
});

test('a rule keeps the agent at its server', async () => {
  await expect(asks(`${ORIGIN}/mcp/webex-meeting`, { Authorization: `Bearer ${key}` })).rejects.toThrow(
    /No rule of this proxy/,
  );
});

test('a request line has the path', async () => {
  await proxy.prints(/"path":"\/mcp\/webex-messaging"/);
});

test('after a restart of the proxy, the script has the new key, and the old one is refused', async () => {
  const old = key;
  await endProxy();
  await startProxy();
  const printed = await typist.types('docs/tasks/agents.md', 'headers-helper', { env: environment });
  const headers = z.record(z.string(), z.string()).parse(JSON.parse(printed));
  const url = `${ORIGIN}/mcp/webex-messaging`;
  await expect(asks(url, headers)).resolves.toBe('Ada Admin');
  await expect(asks(url, { Authorization: `Bearer ${old}` })).rejects.toThrow(/the key of this proxy/);
});

/** Begins a session at a socket, as the SDK cannot. */
function initializes(socketPath: string, path: string): Promise<number | undefined> {
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'agent', version: '1' } };
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method: 'POST', headers }, (answer) => {
      resolve(answer.statusCode);
      answer.destroy();
    });
    sent.once('error', reject).end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }));
  });
}
