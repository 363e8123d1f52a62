import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { restoreServer } from '../../../../lib/server/snapshots/restoration';
import { useSleepClock } from '../../../fixtures/clocks/sleep-clock';
import { RecordingServer } from '../../../fixtures/loopback/recording-server';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

/* Errors that a real server does not answer on demand. The rest is in restoration.long.test.ts. */

useSleepClock();

const TOKEN = 'hvs.CAESIJ0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c';
const STATE = { initialized: true, sealed: false, recovery_seal: false, version: '2.7.2', n: 1, t: 1, progress: 0 };
const REPLIES: Readonly<Record<string, object>> = {
  '/v1/sys/seal-status': STATE,
  '/v1/sys/leader': { ha_enabled: true, is_self: true, active_time: '2026-11-25T00:00:00Z' },
  '/v1/auth/token/lookup-self': { data: { accessor: 'root', ttl: 0 } },
};

const folder = temporaryFolder();
const file = join(folder, 'a.snap');

beforeAll(async () => {
  const entries = { 'meta.json': '{}', 'state.bin': 'state' };
  const sums = Object.entries(entries).map(([name, content]) => `${sha256(content)}  ${name}\n`);
  const archive = pack();
  Object.entries({ ...entries, SHA256SUMS: sums.join('') }).forEach(([name, content]) =>
    archive.entry({ name }, content),
  );
  archive.finalize();
  writeFileSync(file, gzipSync(await buffer(archive)));
});

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

it('the error hides a token that the answer to the snapshot quotes', async () => {
  await using vault = await RecordingServer.start(({ url }, response) => {
    const reply = REPLIES[url];
    response
      .writeHead(reply === undefined ? 500 : 200)
      .end(JSON.stringify(reply ?? { errors: [`failed with ${TOKEN}`] }));
  });
  const restored = restoreServer(
    { address: vault.address },
    {
      file,
      token: 'a-token',
      unsealTimeoutMs: 1,
      snapshotKey: () => Promise.reject(new Error('the server keeps its key')),
      asAdministrator: () => Promise.reject(new Error('no key shares are given')),
      confirm: () => Promise.resolve(),
      report: () => undefined,
    },
  );
  await expect(restored).rejects.toThrow(/^Vault answered 500 to POST \S+: failed with \[hidden\]; /);
});
