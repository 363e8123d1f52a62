import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { TokenSource } from 'webex-token-client';
import { declaredConfiguration } from '../../lib/declaration/derived/engine-configuration';
import { WrittenVault } from '../../rehearsal/written-vault';
import { Load } from './load';
import { percentile } from '../results/rounds';
import { PollingReader } from './polling-readers';
import type { Row } from '../results/row';
import type { Measuring } from '../run-sections';
import { dueTogetherRows } from './due-together';

/* Many readers of a thousand credentials: reads of the engine, of a KV on the same server, and through a TokenSource. */

const SECTION = 'readers under load';
const CREDENTIALS = 1000;
const READERS = [1, 50, 200];
const SECONDS = 2;
const AT_ONCE = 16;

/** A KV entry as long as an access token. */
const KV_ENTRY = { access_token: randomBytes(80).toString('base64url'), type: 'Bearer' };

/** Figures of all rounds. */
interface Seen {
  readonly waits: number[];
  readonly aSecond: number[];
}

export async function measureReaders(measuring: Measuring): Promise<Row[]> {
  await using vault = await WrittenVault.start();
  const { admin, engine } = vault;
  await admin.write('oauthapp/config', declaredConfiguration(vault.deployment));
  const names = Array.from({ length: CREDENTIALS }, (_, index) => `credential-${index}`);
  measuring.progress(`${CREDENTIALS} consents`);
  // The engine refreshes nothing before the wave, when all are due.
  await engine.tune(admin, { tune_refresh_check_interval_seconds: 0 });
  engine.webex.behavior.accessTokenTtlSeconds = 6 * 24 * 3600;
  await admin.write('sys/mounts/kv', { type: 'kv' });
  await pLimit(AT_ONCE).map(['testauth', ...names], async (name) => {
    await engine.authorize(admin, name);
    await admin.write(`kv/${name}`, KV_ENTRY);
  });
  return [...(await loadRows(vault, names, measuring)), ...(await dueTogetherRows(vault, names, measuring))];
}

async function loadRows(
  vault: WrittenVault,
  names: readonly string[],
  { rounds, progress }: Measuring,
): Promise<Row[]> {
  const token = await vault.tokenWith(['oauthapp/creds/*', 'kv/*'].map(readable).join('\n'));
  const { address } = vault.server;
  await using source = new TokenSource({ address, credential: 'testauth', ...(await vault.appLogin('people-me')) });
  await source.token();
  const kinds = { creds: 'oauthapp/creds', kv: 'kv' };
  const rows: Row[] = [];
  for (const readers of READERS) {
    const seen = { creds: emptySeen(), kv: emptySeen() };
    const probed: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      for (const kind of ['creds', 'kv'] as const) {
        progress(`round ${round}/${rounds}: ${readers} readers of ${kinds[kind]}`);
        const paths = names.map((name) => `${kinds[kind]}/${name}`);
        const load = await Load.start({ address, token, readers, paths });
        const probe = new PollingReader([source]);
        await sleep(1000 * SECONDS);
        probed.push(...(await probe.stop()).waits);
        const { waits, aSecond } = await load.stop();
        seen[kind].waits.push(...waits);
        seen[kind].aSecond.push(aSecond);
      }
    }
    rows.push(...rowsOf(readers, seen.creds, seen.kv, probed));
  }
  return rows;
}

function readable(path: string): string {
  return `path "${path}" { capabilities = ["read"] }`;
}

function emptySeen(): Seen {
  return { waits: [], aSecond: [] };
}

function rowsOf(readers: number, creds: Seen, kv: Seen, probed: readonly number[]): Row[] {
  const section = SECTION;
  const by = readers === 1 ? '1 reader' : `${readers} readers`;
  const beside = (figure: (seen: Seen) => number) => ({
    ours: figure(creds),
    other: { what: 'a KV read', value: figure(kv) },
  });
  const p = (percent: number) => (seen: Seen) => percentile(seen.waits, percent);
  return [
    { section, what: `reads of creds, ${by}`, ...beside((seen) => percentile(seen.aSecond, 50)), unit: 'calls/s' },
    { section, what: `p50 of a read of creds, ${by}`, ...beside(p(50)), unit: 'ms' },
    { section, what: `p99 of a read of creds, ${by}`, ...beside(p(99)), unit: 'ms' },
    {
      section,
      what: `p99 through TokenSource, beside ${by}`,
      ours: percentile(probed, 99),
      other: { what: 'a read of creds', value: p(99)(creds) },
      unit: 'ms',
    },
  ];
}
