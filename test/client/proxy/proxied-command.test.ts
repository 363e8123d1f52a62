import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllowRule } from '../../../core/src/allow-rule';
import { type ProxiedCommand, runProxied } from '../../../client/src/proxy/proxied-command';
import type { ServedRequest } from '../../../client/src/proxy/webex-proxy';
import { RecordingServer, scriptedWebex } from '../../fixtures/loopback/recording-server';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';
import { CountingTokens } from '../../fixtures/worlds/proxied-server';

const CALL = `
  const { WEBEX_BASE_URL, WEBEX_ACCESS_TOKEN } = process.env;
  const call = (path) => fetch(new URL(path, WEBEX_BASE_URL), { headers: { Authorization: 'Bearer ' + WEBEX_ACCESS_TOKEN } });
  Promise.all(['people/me?a=b', 'rooms'].map(call)).then((answers) => {
    const statuses = answers.map(({ status }) => status);
    require('node:fs').writeFileSync(process.argv[1], JSON.stringify({ statuses, env: process.env }));
    process.exitCode = 9;
  });
`;

interface Report {
  readonly statuses: readonly number[];
  readonly env: Record<string, string>;
}

const environment = process.env;
afterEach(() => (process.env = environment));

let report: string;
let keys: string[];
let served: ServedRequest[];
beforeEach(() => {
  report = join(temporaryFolder(), 'report.json');
  keys = [];
  served = [];
});

async function run(options: Partial<ProxiedCommand> = {}): Promise<number> {
  await using upstream = await scriptedWebex({ body: {} });
  return await runProxied({
    tokens: new CountingTokens(),
    upstream: upstream.address,
    allow: [parseAllowRule('GET /v1/people/*')],
    onRequest: (each) => served.push(each),
    onKey: (key) => {
      keys.push(key);
      return Promise.resolve();
    },
    command: process.execPath,
    args: ['-e', CALL, report],
    ...options,
  });
}

const reported = (): Report => JSON.parse(readFileSync(report, 'utf8')) as Report;

it('a command calls Webex through the proxy by its key, within the rules, and gives its exit code', async () => {
  process.env = { PATH: process.env.PATH, VAULT_TOKEN: 'the-token', KEPT: 'yes' };
  expect(await run()).toBe(9);
  const { statuses, env } = reported();
  expect(statuses).toEqual([200, 403]);
  expect(env).toMatchObject({ KEPT: 'yes', WEBEX_ACCESS_TOKEN: keys[0] });
  expect(env).not.toHaveProperty('VAULT_TOKEN');
  const paths = served.map(({ path, refusal }) => [path, refusal]);
  expect(paths.toSorted()).toEqual([
    ['/v1/people/me', undefined],
    ['/v1/rooms', 'allow'],
  ]);
});

it('the key of each run is another one, and serves nobody after the command', async () => {
  expect([await run(), await run()]).toEqual([9, 9]);
  expect(new Set(keys).size).toBe(2);
  const { WEBEX_BASE_URL = '' } = reported().env;
  await expect(fetch(WEBEX_BASE_URL)).rejects.toThrow('fetch failed');
});

it('a request that outlives the command does not hold the end up', async () => {
  await using silent = await RecordingServer.start(() => writeFileSync(report, ''));
  // The grandchild outlives the command, and waits for an answer.
  const outliving = `
    const { spawn } = require('node:child_process');
    const call = 'fetch(process.env.WEBEX_BASE_URL + "people/me", { headers: { Authorization: "Bearer " + process.env.WEBEX_ACCESS_TOKEN } }).catch(() => 0)';
    spawn(process.execPath, ['-e', call], { stdio: 'ignore', detached: true }).unref();
    setInterval(() => require('node:fs').existsSync(process.argv[1]) && process.exit(0), 20);
  `;
  expect(await run({ upstream: silent.address, args: ['-e', outliving, report] })).toBe(0);
});

it('a command that does not exist gives 127', async () => {
  const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await run({ command: 'no-such-command-at-all' })).toBe(127);
  expect(stderr).toHaveBeenCalledWith(expect.stringContaining('cannot be run (ENOENT)'));
  stderr.mockRestore();
});

it('no command runs if the upstream is not safe', async () => {
  await expect(run({ upstream: 'http://webex.example' })).rejects.toThrow('unencrypted');
  expect(keys).toEqual([]);
});
