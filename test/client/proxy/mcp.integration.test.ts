import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { CredentialReading } from '#core';
import { WebexProxy } from '../../../client/src/proxy/webex-proxy';
import { TokenSource } from '../../../client/src/token-source';
import { eventually } from '../../../rehearsal/eventually';
import { WrittenVault } from '../../../rehearsal/written-vault';
import { CONSENT_PAGE } from '../../fixtures/mcp/messaging-tools';
import { SimulatedWebexMcp } from '../../fixtures/mcp/simulated-webex-mcp';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* The client of the official SDK reaches a strict stand-in for Webex's MCP server through the proxy, on a real server of Vault. */

const KEY = 'key-of-this-run-0123456789abcdefghijklmnopq';

let vault: WrittenVault;
let tokens: TokenSource;
let mcp: SimulatedWebexMcp;
let proxy: WebexProxy;
let client: Client;
let transport: StreamableHTTPClientTransport;
const folder = temporaryFolder();

beforeAll(async () => {
  const scopes = ['spark:mcp', 'spark:people_read'];
  vault = await WrittenVault.start({ credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes }] });
  await vault.authorize();
  const { roleId, secretId } = await vault.appLogin('people-me');
  const secretIdFile = join(folder, 'secret-id');
  writeFileSync(secretIdFile, secretId, { mode: 0o600 });
  tokens = new TokenSource({ address: vault.server.address, credential: 'testauth', roleId, secretIdFile });
});
afterAll(async () => {
  await tokens[Symbol.asyncDispose]();
  await vault[Symbol.asyncDispose]();
});

beforeEach(async () => {
  mcp = await SimulatedWebexMcp.start(vault.webex);
  proxy = await WebexProxy.listen({
    tokens,
    key: KEY,
    listen: '127.0.0.1:0',
    upstream: mcp.address,
    closeTimeoutMs: 0,
  });
  client = new Client({ name: 'agent', version: '1.0.0' }, { capabilities: { elicitation: { url: {} } } });
  transport = transportTo('/mcp/webex-messaging');
});
afterEach(async () => {
  await client.close();
  await proxy[Symbol.asyncDispose]();
  await mcp[Symbol.asyncDispose]();
});

function transportTo(path: string, key = KEY): StreamableHTTPClientTransport {
  const headers = { Authorization: `Bearer ${key}` };
  return new StreamableHTTPClientTransport(new URL(proxy.origin + path), { requestInit: { headers } });
}

/** Begins a session, and waits for the stream of events that the client opens by itself. */
async function connect(): Promise<void> {
  await client.connect(transport);
  await eventually(() => mcp.requests.find(({ method }) => method === 'GET'));
}

async function call(name: string): Promise<unknown> {
  return ((await client.callTool({ name })) as { content: { text: string }[] }).content[0]?.text;
}

/** Ends the token at Webex, and lets the engine have another one. */
async function endTheToken(): Promise<void> {
  vault.webex.grants.expireAccessTokens();
  await vault.engine.forceRefresh(vault.admin, 'testauth');
}

test('a client lists the tools and calls one with the identity of the credential', async () => {
  await connect();
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('webex-who-am-i');
  await expect(call('webex-who-am-i')).resolves.toBe('Ada Admin');
});

test('a session outlives the token, and only one request is repeated', async () => {
  await connect();
  await call('webex-who-am-i');
  await endTheToken();
  const before = mcp.requests.length;
  await expect(call('webex-who-am-i')).resolves.toBe('Ada Admin');
  await expect(call('webex-who-am-i')).resolves.toBe('Ada Admin');
  expect(mcp.statuses('POST', before)).toEqual([401, 200, 200]);
  expect(mcp.sessions.size).toBe(1);
});

test('a stream of events stays open while the token ends, and its answer arrives', async () => {
  const report = held();
  mcp.gate = { report: report.promise };
  const begun = new Promise((resolve) => client.setNotificationHandler(LoggingMessageNotificationSchema, resolve));
  await connect();
  const answer = call('webex-long-report');
  await expect(begun).resolves.toMatchObject({ params: { data: 'begun' } });
  await endTheToken();
  await expect(call('webex-who-am-i')).resolves.toBe('Ada Admin');
  report.resolve('ready');
  await expect(answer).resolves.toBe('ready');
});

test('a client that loses the stream after the end of the token resumes it', async () => {
  const report = held();
  mcp.gate = { report: report.promise };
  const begun = new Promise((resolve) => client.setNotificationHandler(LoggingMessageNotificationSchema, resolve));
  await connect();
  const answer = call('webex-long-report');
  await begun;
  await endTheToken();
  const before = mcp.requests.length;
  mcp.dropConnections();
  const resumed = await eventually(() =>
    mcp.requests.slice(before).find((each) => each.resumesAfter && each.status !== 401),
  );
  report.resolve('ready');
  await expect(answer).resolves.toBe('ready');
  expect(resumed.method).toBe('GET');
  expect(mcp.statuses('GET', before)).toContain(401);
});

test('an elicitation reaches the client, with the URL as the server sent it', async () => {
  const asked: unknown[] = [];
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    asked.push(params);
    return { action: 'accept' };
  });
  await connect();
  await expect(call('webex-create-message')).resolves.toBe('elicitation: accept');
  expect(asked).toMatchObject([{ mode: 'url', url: CONSENT_PAGE }]);
});

test('a client ends its session', async () => {
  await connect();
  expect(mcp.sessions.size).toBe(1);
  await endTheToken();
  await transport.terminateSession();
  expect(mcp.sessions.size).toBe(0);
  expect(mcp.statuses('DELETE')).toEqual([401, 200]);
});

test('a client without the key of the run reaches nothing', async () => {
  transport = transportTo('/mcp/webex-messaging', 'another-key');
  await expect(client.connect(transport as Parameters<Client['connect']>[0])).rejects.toThrow(/the key of this proxy/);
  expect(mcp.requests).toEqual([]);
});

describe('a client that can get a token of its own', () => {
  const person = jest.fn();
  const authProvider: OAuthClientProvider = {
    redirectUrl: 'http://127.0.0.1:1/callback',
    clientMetadata: { redirect_uris: ['http://127.0.0.1:1/callback'] },
    clientInformation: () => undefined,
    saveClientInformation: () => undefined,
    tokens: () => undefined,
    saveTokens: () => undefined,
    redirectToAuthorization: person,
    saveCodeVerifier: () => undefined,
    codeVerifier: () => 'verifier',
  };
  /** A proxy whose token Webex does not know. */
  const refusedProxy = (): Promise<WebexProxy> => {
    const reading = new CredentialReading({ data: { server: 'x', access_token: 'unknown', type: 'Bearer' } });
    const unknown = { token: () => Promise.resolve(reading), reject: () => undefined };
    return WebexProxy.listen({ tokens: unknown, key: KEY, listen: '127.0.0.1:0', upstream: mcp.address });
  };

  it('the stand-in invites such a client, so the tests below can fail', async () => {
    const direct = new StreamableHTTPClientTransport(new URL(mcp.url), { authProvider });
    await expect(client.connect(direct as Parameters<Client['connect']>[0])).rejects.toThrow();
    expect(mcp.requests.map(({ path }) => path)).toContain('/.well-known/oauth-protected-resource/mcp/webex-messaging');
  });

  it('the client finds no authorization server behind the proxy, and asks no person', async () => {
    await using strict = await refusedProxy();
    const headers = { Authorization: `Bearer ${KEY}` };
    const url = new URL(`${strict.origin}/mcp/webex-messaging`);
    const asking = new StreamableHTTPClientTransport(url, { authProvider, requestInit: { headers } });
    await expect(client.connect(asking as Parameters<Client['connect']>[0])).rejects.toThrow();
    expect(mcp.requests.filter(({ path }) => path.includes('.well-known'))).toEqual([]);
    expect(mcp.statuses('POST')[0]).toBe(401);
    expect(person).not.toHaveBeenCalled();
  });

  it('the refusal of Webex keeps its error and scope, and names no document', async () => {
    await using strict = await refusedProxy();
    const headers = { Authorization: `Bearer ${KEY}` };
    const answer = await fetch(`${strict.origin}/mcp/webex-messaging`, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token", scope="spark:mcp"');
  });
});

/** A promise that the test settles. */
function held(): { promise: Promise<string>; resolve: (text: string) => void } {
  let resolve: (text: string) => void = () => undefined;
  const promise = new Promise<string>((settle) => (resolve = settle));
  return { promise, resolve };
}
