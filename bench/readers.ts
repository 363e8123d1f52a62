import { setTimeout as sleep } from 'node:timers/promises';
import { TokenSource } from 'webex-token-client';
import { Load } from './load';
import { MeasuredEngine } from './measured-engine';
import { percentile } from './percentile';
import { Probe } from './probe';
import type { Row } from './row';
import type { Measuring } from './section';
import { waveRows } from './wave';

/*
 * Many readers of a thousand credentials: what reads of the engine cost beside those of a KV on the same server, and what
 * a program notices that asks its TokenSource.
 */

const SECTION = 'readers under load';
const CREDENTIALS = 1000;
const READERS = [1, 50, 200];
const SECONDS = 2;
const MANY_AT_ONCE = 16;

/** Of all rounds together. */
interface Seen {
  readonly waits: number[];
  readonly aSecond: number[];
}

export async function measureReaders(measuring: Measuring): Promise<Row[]> {
  await using engine = await MeasuredEngine.start();
  const names = Array.from({ length: CREDENTIALS }, (_, index) => `credential-${index}`);
  measuring.progress(`${CREDENTIALS} consents`);
  // Not to be refreshed before the wave, and due in it.
  await engine.tune({ tune_refresh_check_interval_seconds: 0 });
  engine.webex.behavior.accessTokenTtlSeconds = 6 * 24 * 3600;
  const left = names.values();
  await Promise.all(
    Array.from({ length: MANY_AT_ONCE }, async () => {
      for (const name of left) {
        await engine.authorize(name);
        await engine.writeKv(name);
      }
    }),
  );
  return [...(await loadRows(engine, names, measuring)), ...(await waveRows(engine, names, measuring))];
}

async function loadRows(
  engine: MeasuredEngine,
  names: readonly string[],
  { rounds, progress }: Measuring,
): Promise<Row[]> {
  const token = await engine.token('oauthapp/creds/*', 'kv/*');
  const { address, credential, roleId, secretIdFile } = engine;
  await using source = new TokenSource({ address, credential, roleId, secretIdFile });
  await source.token();
  const kinds = { creds: 'oauthapp/creds', kv: 'kv' };
  const rows: Row[] = [];
  for (const readers of READERS) {
    const seen = { creds: emptySeen(), kv: emptySeen() };
    const probed: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      for (const kind of ['creds', 'kv'] as const) {
        progress(`round ${round}/${rounds}: ${readers} readers of ${kinds[kind]}`);
        const load = await Load.start({
          address,
          token,
          readers,
          paths: names.map((name) => `${kinds[kind]}/${name}`),
        });
        const probe = new Probe([source]);
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
