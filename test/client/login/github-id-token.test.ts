import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { NotPermitted, TemporarilyUnavailable } from '../../../core/src/vault/credential-errors';
import { ExplainedError } from '../../../core/src/explained-error';
import { githubIdToken } from '../../../client/src/login/github-id-token';
import { RecordingServer } from '../../fixtures/loopback/recording-server';

const BEARER = 'hush-the-bearer';

let github: RecordingServer;
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  answer = (response) => response.end(JSON.stringify({ count: 1, value: 'the-token' }));
  github = await RecordingServer.start((_, response) => answer(response));
});
afterEach(() => github[Symbol.asyncDispose]());

function job(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const address = `${github.address}/token?api-version=2.0`;
  return { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER, ...env };
}

it('the function requests a new token for the given audience at each call', async () => {
  const token = githubIdToken('our vault', job());
  expect([await token(), await token()]).toEqual(['the-token', 'the-token']);
  const asked = 'GET /token?api-version=2.0&audience=our+vault';
  expect(github.asked).toEqual([asked, asked]);
  expect(github.requests[0]?.headers.authorization).toBe(`Bearer ${BEARER}`);
});

it.each([
  ['without its address', { ACTIONS_ID_TOKEN_REQUEST_URL: undefined }, /"permissions: \{ id-token: write \}"/],
  ['without its bearer', { ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' }, /"permissions: \{ id-token: write \}"/],
  ['with no URL', { ACTIONS_ID_TOKEN_REQUEST_URL: 'hush' }, /must be an https URL, got something else; leave it/],
  ['in clear', { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://github.test/hush' }, /must be an https URL/],
])('the function refuses a job %s before it sends a request', (_, env, message) => {
  const refused = () => githubIdToken('vault', job(env));
  expect(refused).toThrow(ExplainedError);
  expect(refused).toThrow(message);
  expect(refused).not.toThrow(/hush/);
});

it.each([
  ['refuses', 401, '', NotPermitted, /does not give this job a token \(401\); check that the job has "permissions/],
  ['limits', 429, '', TemporarilyUnavailable, /could not give this job a token \(429\); try again later/],
  ['fails', 503, '', TemporarilyUnavailable, /\(503\); try again later/],
  ['says no JSON', 200, '<html>', ExplainedError, /something that is not a GitHub reply/],
  ['says no token', 200, '{"value": ""}', ExplainedError, /something that is not a GitHub reply/],
])('the error names the next step if GitHub %s', async (_, status, text, kind, message) => {
  answer = (response) => response.writeHead(status, { 'retry-after': '7' }).end(text);
  const error: unknown = await githubIdToken('vault', job())().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(kind);
  expect((error as Error).message).toMatch(message);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(BEARER);
  if (error instanceof TemporarilyUnavailable) {
    expect(error.retryAfterMs).toBe(7000);
  }
});

it('the error says that GitHub is unreachable and omits the query of the request', async () => {
  const env = job({ ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1/hush?hush' });
  const failed = githubIdToken('vault', env)();
  await expect(failed).rejects.toBeInstanceOf(TemporarilyUnavailable);
  await expect(failed).rejects.toThrow(/^no answer from GitHub at http:\/\/127\.0\.0\.1:1 .* \(ECONNREFUSED\); check/);
  await expect(failed).rejects.not.toThrow(/hush/);
});
