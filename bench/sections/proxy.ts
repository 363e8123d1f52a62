import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WrittenVault } from '../../rehearsal/written-vault';
import { median, percentile } from '../results/rounds';
import { figure } from '../results/results-table';
import type { Row } from '../results/row';
import { needed, type Measuring } from '../run-sections';
import { BenchProcess } from './bench-process';
import { installedClient } from './installed-client';
import { startNginx } from './nginx';
import type { LoadRequest } from './open-loop';
import { ProxyProcess } from './proxy-process';

/* Requests through `webex-token proxy` and directly, in turn. Upstream, caller and proxies are processes of their own. */

const SECTION = 'proxy';
const CONNECTIONS = 50;
const RATE = 1000;
const FIXED_SECONDS = 3;
const SATURATED_SECONDS = 2;
const STREAM_BYTES = 1_000_000_000;
const FIXED = `${CONNECTIONS} connections, ${RATE.toLocaleString('en')} requests a second`;

type Way = 'direct' | 'ours' | 'nginx';
type Target = Pick<LoadRequest, 'port' | 'key'>;

/** Figures of one way, one for each round. */
class Seen {
  readonly medians: number[] = [];
  readonly p99s: number[] = [];
  readonly aSecond: number[] = [];
  readonly streamMiBs: number[] = [];
}

export async function measureProxy(measuring: Measuring): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-proxy-'));
  try {
    measuring.progress('packing');
    const command = await needed(installedClient(folder));
    await using vault = await WrittenVault.start();
    await vault.authorize();
    const env = await identityOf(vault, folder);
    await using upstream = await BenchProcess.start('upstream-program');
    const { port } = upstream.first as { port: number };
    await using load = await BenchProcess.start('load-program');
    await using ours = await ProxyProcess.ours(command, { folder, upstream: port, env });
    await using streaming = await ProxyProcess.ours(command, { folder, upstream: port, env });
    await using nginx = await startNginx(folder, port);
    if (nginx === undefined) {
      measuring.skip('nginx is not on PATH');
    }
    const direct = { port, key: 'none' };
    const loaded = { direct, ours, ...(nginx && { nginx }) };
    const seen = await rounds(measuring, load, loaded, { direct, ours: streaming, ...(nginx && { nginx }) });
    return rowsOf(seen, await streaming.peakMiB());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Environment of an app with its AppRole. */
async function identityOf(vault: WrittenVault, folder: string): Promise<NodeJS.ProcessEnv> {
  const { PATH, HOME } = process.env;
  const { roleId, secretId } = await vault.appLogin('people-me');
  const file = join(folder, 'secret-id');
  await writeFile(file, secretId, { mode: 0o600 });
  return { PATH, HOME, VAULT_ADDR: vault.server.address, VAULT_ROLE_ID: roleId, VAULT_SECRET_ID_FILE: file };
}

type Targets = Partial<Record<Way, Target>> & { readonly direct: Target; readonly ours: Target };

async function rounds(
  { rounds: count, progress }: Measuring,
  load: BenchProcess,
  loaded: Targets,
  streamed: Targets,
): Promise<Map<Way, Seen>> {
  const person = { path: '/v1/people/me', connections: CONNECTIONS };
  const ways = Object.entries(loaded) as [Way, Target][];
  const seen = new Map(ways.map(([way]) => [way, new Seen()]));
  // The first requests run before V8 has compiled the code.
  for (const [, { port, key }] of ways) {
    await load.load({ ...person, port, key, seconds: 1 });
  }
  for (let round = 1; round <= count; round += 1) {
    for (const [way, { port, key }] of ways) {
      const figures = seen.get(way);
      progress(`round ${round}/${count}: ${way}`);
      const { waits } = await load.load({ ...person, port, key, seconds: FIXED_SECONDS, rate: RATE });
      figures?.medians.push(median(waits));
      figures?.p99s.push(percentile(waits, 99));
    }
    for (const [way, { port, key }] of ways) {
      const { aSecond } = await load.load({ ...person, port, key, seconds: SATURATED_SECONDS });
      seen.get(way)?.aSecond.push(aSecond);
    }
    for (const [way, { port, key }] of Object.entries(streamed) as [Way, Target][]) {
      // With a rate of one and a second, there is one request.
      const once = { path: `/v1/contents/${STREAM_BYTES}`, connections: 1, seconds: 1, rate: 1 };
      const { waits } = await load.load({ ...once, port, key });
      seen.get(way)?.streamMiBs.push(STREAM_BYTES / 2 ** 20 / (median(waits) / 1000));
    }
  }
  return seen;
}

function rowsOf(seen: ReadonlyMap<Way, Seen>, peakMiB: number | undefined): Row[] {
  const direct = seen.get('direct') ?? new Seen();
  const rows = [...seen].flatMap(([way, figures]): Row[] => {
    if (way === 'direct') {
      return [];
    }
    const isOurs = way === 'ours';
    const by = isOurs ? '' : 'nginx with a fixed token: ';
    const added = (what: string, of: (each: Seen) => readonly number[], atMost: number): Row => ({
      section: SECTION,
      what: `${by}added to the ${what}, ${FIXED}`,
      ours: median(of(figures).map((value, round) => value - (of(direct)[round] ?? NaN))),
      unit: 'ms',
      goal: isOurs ? { of: 'ours', atMost } : undefined,
      note: `direct ${figure(median(of(direct)))} ms, so ${figure(median(of(figures)))} ms`,
    });
    const beside = (what: string, unit: Row['unit'], of: (each: Seen) => readonly number[], atLeast: number): Row => ({
      section: SECTION,
      what: `${by}${what}`,
      ours: median(of(figures)),
      other: { what: 'direct', value: median(of(direct)) },
      unit,
      goal: isOurs ? { of: 'ratio', atLeast } : undefined,
    });
    return [
      added('median', (each) => each.medians, 0.5),
      added('99th percentile', (each) => each.p99s, 2),
      beside(`saturated by ${CONNECTIONS} connections`, 'calls/s', (each) => each.aSecond, 0.4),
      beside('a stream of 1 GB', 'MiB/s', (each) => each.streamMiBs, 0.7),
    ];
  });
  return peakMiB === undefined ? rows : [...rows, memoryRow(peakMiB)];
}

function memoryRow(peakMiB: number): Row {
  const what = 'peak memory of the proxy that streams';
  return { section: SECTION, what, ours: peakMiB, unit: 'MiB', goal: { of: 'ours', atMost: 90 } };
}
