import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { nodeUsage, succeeded, type ChildUsage } from './child-usage';
import { manyApps } from './many-apps';
import { median, timed } from '../results/rounds';
import type { Row } from '../results/row';
import type { Measuring } from '../run-sections';

/*
 * `usage` with a million lines, from start to exit, beside a search for one text in the same file. Every line is about a read of a
 * credential, which is the slowest log. A log of a server has many other lines.
 */

const SECTION = 'usage';
const PROGRAM = resolve(__dirname, '..', '..', 'scripts', 'webex-token-vault.js');
const LINES = 1_000_000;
const MANY = 1000;
const HASH = `hmac-sha256:${'0'.repeat(64)}`;

/** Logs, each with the app and the credential of a read, by the number of the read. */
const LOGS: Readonly<Record<string, (read: number) => readonly [app: number, credential: number]>> = {
  '1,000 apps, a credential each': (read) => [read % MANY, read % MANY],
  // Two steps without a common divisor give each pair once.
  '500,000 pairs of app and credential': (read) => [read % MANY, (read + Math.floor(read / MANY)) % MANY],
};

export async function measureUsage({ rounds, progress }: Measuring): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-usage-'));
  try {
    const deployment = join(folder, 'deployment.json');
    await writeFile(deployment, JSON.stringify(manyApps(MANY)));
    const rows: Row[] = [];
    for (const [what, pairOf] of Object.entries(LOGS)) {
      progress(`${what}: writing ${LINES} lines, some 1.5 GB`);
      const log = join(folder, 'audit.log');
      await pipeline(Readable.from(auditLines(pairOf)), createWriteStream(log));
      const usages: ChildUsage[] = [];
      const searches: number[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        progress(`round ${round}/${rounds}: ${what}`);
        searches.push(await timed(() => succeeded('grep', ['-c', '-F', '"type":"response"', log], { cwd: folder })));
        const args = ['usage', '--exit-zero', '--deployment', deployment, '--log', log];
        usages.push(await nodeUsage([PROGRAM, ...args], { cwd: folder }));
      }
      rows.push(...rowsOf(what, usages, searches));
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rowsOf(what: string, usages: readonly ChildUsage[], searches: readonly number[]): Row[] {
  return [
    {
      section: SECTION,
      what: `usage, a million lines: ${what}`,
      ours: median(usages.map(({ seconds }) => seconds)),
      other: { what: 'grep of the same file', value: median(searches) },
      unit: 's',
      goal: { of: 'ours', atMost: 10 },
    },
    {
      section: SECTION,
      what: `usage, a million lines: ${what}: memory at its peak`,
      ours: median(usages.map(({ peakMiB }) => peakMiB)),
      unit: 'MiB',
      goal: { of: 'ours', atMost: 200 },
    },
  ];
}

/** Lines of OpenBao, in parts of a thousand requests. Each request has an entry for itself and one for its response. */
function* auditLines(pairOf: (read: number) => readonly [app: number, credential: number]): Generator<string> {
  const begin = Date.UTC(2026, 10, 1);
  for (let first = 0; first < LINES / 2; first += MANY) {
    const requests = Array.from({ length: MANY }, (_, index) => {
      const time = new Date(begin + 1000 * (first + index)).toISOString();
      const [app, credential] = pairOf(first + index);
      return entriesOf(time, `app-${app}`, `credential-${credential}`);
    });
    yield requests.join('');
  }
}

/** Entries with the fields and the length of those of OpenBao 2.7. */
function entriesOf(time: string, app: string, credential: string): string {
  const policies = [`oauthapp-app-${app}`];
  const auth = {
    client_token: HASH,
    accessor: HASH,
    display_name: 'approle',
    policies,
    token_policies: policies,
    policy_results: { allowed: true, granting_policies: [{ name: policies[0], namespace_id: 'root', type: 'acl' }] },
    metadata: { role_name: app },
    entity_id: '12bda485-af42-4c0f-695f-20dbf9148221',
    token_type: 'service',
    token_ttl: 1200,
    token_issue_time: time,
  };
  const mount = {
    mount_point: 'oauthapp/',
    mount_type: 'oauthapp',
    mount_accessor: 'oauthapp_a0f5eef3',
    mount_running_sha256: '0'.repeat(64),
    mount_class: 'secret',
    mount_is_external_plugin: true,
  };
  const request = {
    id: 'c7cb8a1e-f733-7841-530a-75d8881ac20e',
    client_id: auth.entity_id,
    operation: 'read',
    ...mount,
    client_token: HASH,
    client_token_accessor: HASH,
    namespace: { id: 'root' },
    path: `oauthapp/creds/${credential}`,
    remote_address: '127.0.0.1',
    remote_port: 47_400,
  };
  const data = { access_token: HASH, expire_time: HASH, server: HASH, type: HASH };
  const entries = [
    { time, type: 'request', auth, request },
    { time, type: 'response', auth, request, response: { ...mount, data } },
  ];
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
