import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { declaredExample } from '../fixtures/declarations/declared-example';
import { CommandRun, runCommand } from '../fixtures/programs/command-run';
import { auditLine, HASH, REFUSED, requestLine, vaultAuditLine, type AuditLine } from '../fixtures/results/log-lines';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* No Vault answers here. */

const scopes = ['spark:people_read'];
const declared = declaredExample({
  credentials: ['testauth', 'nightly'].map((name) => ({ name, integration: 'webex-myapp', scopes })),
  apps: [
    { name: 'people-me', reads: ['testauth'] },
    { name: 'report', vaultName: 'reports', reads: ['testauth', 'nightly'] },
  ],
});

const folder = temporaryFolder();
const ROOT: AuditLine = { displayName: 'root', policies: ['root'], metadata: {}, address: '10.0.0.9' };
const OBSERVER: AuditLine = {
  displayName: 'operators',
  policies: ['oauthapp-observer'],
  metadata: { role_name: 'observer' },
};

function log(name: string, lines: readonly string[], pack = (text: string): string | Buffer => text): string {
  const path = join(folder, name);
  writeFileSync(path, pack(lines.map((line) => `${line}\n`).join('')));
  return path;
}

const at = (time: string, line: AuditLine = {}): AuditLine => ({ ...line, time });

const rotated = log(
  'audit.log.1.gz',
  [auditLine(at('2026-10-01T00:00:00Z')), vaultAuditLine(at('2026-10-02T00:00:00Z'))],
  gzipSync,
);
const current = log('audit.log', [
  auditLine(at('2026-12-01T00:00:00.5Z', { type: 'request' })),
  auditLine(at('2026-12-01T00:00:01Z')),
  auditLine(at('2026-12-01T00:00:02Z', REFUSED)),
  auditLine(at('2026-12-01T00:00:03Z', OBSERVER)),
  auditLine(at('2026-12-01T00:00:04Z', { ...OBSERVER, path: 'sys/mounts' })),
]);
const withOther = log('other.log', [auditLine(at('2026-12-01T01:00:00Z', ROOT)), auditLine().slice(0, 900)]);
const proxied = log('requests.log', [
  requestLine({ app: 'reports', time: '2026-12-01T02:00:00Z' }),
  requestLine({ app: 'reports', time: '2026-12-01T03:00:00Z', status: 403, refusal: 'allow' }),
  requestLine({ app: 'reports', time: '2026-12-01T02:30:00Z', status: 503, refusal: 'vault' }),
]);

const usage = (...args: readonly string[]) => runCommand('usage', args, declared);

it('usage shows each reader of each credential, and the apps and credentials without a read', async () => {
  const { exitCode, stdout, stderr } = await usage('--log', rotated, current);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  expect(`\n${stdout}`).toBe(`
WARNING - 1 refusal; 4 reads

logs from 2026-10-01T00:00:00Z to 2026-12-01T00:00:04Z (61 days): 7 lines of an audit log

CREDENTIAL  READER             READS  REFUSED  FAILED  FIRST READ            LAST READ             NOTE
testauth    app people-me          3        1       0  2026-10-01T00:00:00Z  2026-12-01T00:00:01Z
testauth    app report             0        0       0  never                 never
testauth    operator observer      1        0       0  2026-12-01T00:00:03Z  2026-12-01T00:00:03Z  status, metrics, doctor, recover
nightly     app report             0        0       0  never                 never

Apps without a read:
  report

Credentials that no app read:
  nightly
`);
});

it('usage names another reader, its policies and its address, and says what it skipped', async () => {
  const { exitCode, stdout, stderr } = await usage('--log', withOther);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^WARNING - 1 unexpected reader; 1 read\n/);
  expect(stdout).toMatch(/^testauth +other root +1 +0 +0 .* policies root; last from 10\.0\.0\.9$/m);
  expect(stderr).toBe(`${withOther}: 1 line(s) skipped, which are cut off or of another log\n`);
});

it('usage shows requests through a proxy beside the reads', async () => {
  const { stdout } = await usage('--log', current, proxied);
  expect(stdout).toMatch(/NOTE$/m);
  expect(stdout).toMatch(/^testauth +app report +0 +0 +0 +never +never +1 +1 +1 +2026-12-01T02:00:00Z$/m);
  expect(stdout).toMatch(/^WARNING - 2 refusals/);
});

it('usage counts since a time, and shows the first and the last read of all lines', async () => {
  const { stdout } = await usage('--since', '2026-12-01', '--log', rotated, current);
  expect(stdout).toContain('; counted since 2026-12-01T00:00:00Z\n');
  expect(stdout).toMatch(/^testauth +app people-me +1 +1 +0 +2026-10-01T00:00:00Z +2026-12-01T00:00:01Z$/m);
});

it('usage of one credential has no row of another one', async () => {
  const { exitCode, stdout } = await usage('nightly', '--log', current);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^OK - 0 reads/);
  expect(stdout).not.toContain('testauth');
});

it('usage --json prints the same for programs', async () => {
  const { stdout } = await usage('--json', '--log', current, withOther, proxied);
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    period: { first: '2026-12-01T00:00:00.500Z', last: '2026-12-01T03:00:00.000Z', since: null },
    lines: { audit: 6, proxied: 3, skipped: 1, too_long: 0 },
    reads: 3,
    unexpected: 1,
    refusals: 2,
    idle_apps: [],
    unread_credentials: ['nightly'],
    rows: [
      {
        credential: 'testauth',
        reader: 'app',
        name: 'people-me',
        expected: true,
        reads: 1,
        refused: 1,
        last_address: null,
      },
      {
        name: 'report',
        reads: 0,
        first_read: null,
        requests: 1,
        requests_refused: 1,
        requests_failed: 1,
        last_request: '2026-12-01T02:00:00.000Z',
      },
      { reader: 'operator', name: 'observer', expected: true },
      { reader: 'other', name: 'root', policies: ['root'], expected: false, last_address: '10.0.0.9' },
      { credential: 'nightly', name: 'report' },
    ],
  });
  expect(stdout).not.toContain(HASH);
});

it('usage reads standard input', async () => {
  const run = new CommandRun('usage', ['--exit-zero'], declared);
  run.stdin.write(`${auditLine(ROOT)}\n`);
  const { exitCode, stdout } = await run.result();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^WARNING - 1 unexpected reader/);
});

it('usage counts a file once that is named twice', async () => {
  const { stdout, stderr } = await usage('--log', current, current);
  expect(stderr).toBe(`${current} is the same file as ${current}, and counts once\n`);
  expect(stdout).toMatch(/^testauth +app people-me +1 /m);
});

it.each<[string, readonly string[], RegExp]>([
  [
    'a log without a known line',
    ['--log', log('empty.log', ['text'])],
    /^error: no line of \S+ is an entry of Vault's audit log/m,
  ],
  ['a missing file', ['--log', join(folder, 'missing')], /^error: \S+ cannot be read \(ENOENT\)/m],
  [
    'an unknown credential',
    ['nightli', '--log', current],
    /^error: unknown credential "nightli"; did you mean "nightly"\?/m,
  ],
  ['a time that is none', ['--since', 'yesterday', '--log', current], /such as 90s, 5m, 2h or 1d, or a date in UTC/],
  ['a time in the future', ['--since', '2999-01-01', '--log', current], /It must be in the past/],
])('usage ends with UNKNOWN after %s', async (_, args, message) => {
  const { exitCode, stdout, stderr } = await usage(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toMatch(message);
});
