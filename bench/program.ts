import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodeVault from 'node-vault';
import { TokenSource } from 'webex-token-client';
import { ExplainedError } from '#core';
import { lastLine, run } from '../lib/process/child-process';
import { Agent } from './agent';
import { heapKiB } from './heap';
import { findPython, installHvac } from './hvac';
import { MeasuredEngine } from './measured-engine';
import { RequestCount } from './request-count';
import { inTurn, timed } from './rounds';
import type { Row } from './row';
import type { Measuring } from './section';

/*
 * A token in a program that runs for long, and needs it at each of its calls to Webex. Beside TokenSource, which keeps the
 * token: a read of Vault at each call, and `bao agent`, which is there to keep what programs read.
 */

const SECTION = 'token in a program';
const MANY = 1000;
const SECONDS = 1;
const MANY_AT_ONCE = 50;

const HVAC = `
import hvac, os, time
vault = hvac.Client(timeout=100)
vault.read("oauthapp/creds/testauth")
calls, started = 0, time.perf_counter()
while time.perf_counter() - started < ${SECONDS}:
    vault.read("oauthapp/creds/testauth")["data"]["access_token"]
    calls += 1
print(calls / (time.perf_counter() - started))
`;

export async function measureProgram(measuring: Measuring): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-program-'));
  try {
    await using engine = await MeasuredEngine.start();
    await using counted = await RequestCount.before(engine.address);
    const memory = await memoryRow(engine, measuring);
    return [...(await speedRows(engine, folder, measuring)), ...(await coldRows(engine, counted, folder)), memory];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function speedRows(engine: MeasuredEngine, folder: string, measuring: Measuring): Promise<Row[]> {
  const { rounds, progress, skip } = measuring;
  const token = await engine.token(engine.path);
  await using source = sourceAt(engine, engine.address);
  await using agent = await Agent.start(engine, engine.address, folder);
  const nodeVaultAt = (endpoint: string): (() => Promise<unknown>) => {
    const vault = nodeVault({ endpoint, token });
    return () => vault.read(engine.path);
  };
  await source.token();
  const measurements: Record<string, () => Promise<number>> = {
    // So fast that to look at the clock each time would be measured as well.
    ours: () => callsASecond(() => source.token(), MANY),
    'node-vault, a read per call': () => callsASecond(nodeVaultAt(engine.address)),
    [`${engine.cli} agent with its cache`]: () => callsASecond(nodeVaultAt(agent.address)),
  };
  try {
    const python = await findPython();
    const env = { ...(await installHvac(join(folder, 'hvac'))), VAULT_ADDR: engine.address, VAULT_TOKEN: token };
    await writeFile(join(folder, 'reads.py'), HVAC);
    measurements['hvac, a read per call'] = async () => {
      const { exitCode, stdout, stderr } = await run(python, [join(folder, 'reads.py')], { env });
      if (exitCode !== 0) {
        throw new ExplainedError(`Python with hvac failed: ${lastLine(stderr)}`);
      }
      return Number(stdout);
    };
  } catch (error) {
    skip(`Python with hvac: ${error instanceof Error ? error.message : String(error)}`);
  }
  const measured = await inTurn(rounds, measurements, progress);
  const { ours, ...others } = measured;
  return Object.entries(others).map(([what, { median }]) => ({
    section: SECTION,
    what: 'calls through TokenSource',
    ours: ours?.median ?? NaN,
    other: { what, value: median },
    unit: 'calls/s',
    ...(what.includes('per call') ? { goal: { of: 'ratio', atLeast: MANY } } : {}),
  }));
}

/** What 1,000 callers at once cost Vault, where nobody has the token yet. */
async function coldRows(engine: MeasuredEngine, counted: RequestCount, folder: string): Promise<Row[]> {
  const login = 'auth/approle/login';
  const atOnce = (call: () => Promise<unknown>): Promise<number> =>
    timed(() => Promise.all(Array.from({ length: MANY }, call)));
  await using source = sourceAt(engine, counted.address);
  const seconds = await atOnce(() => source.token());
  const ours = { logins: counted.of(login), reads: counted.of(engine.path, 'GET') };

  const vault = nodeVault({ endpoint: counted.address, token: await engine.token(engine.path) });
  counted.reset();
  const others = await atOnce(() => vault.read(engine.path) as Promise<unknown>);
  const reads = counted.of(engine.path, 'GET');

  await using agent = await Agent.start(engine, counted.address, folder);
  counted.reset();
  await atOnce(async () => (await fetch(`${agent.address}/v1/${engine.path}`)).text());
  const behindAgent = counted.of(engine.path, 'GET');

  const row = { section: SECTION, unit: 'calls' } as const;
  const one = { of: 'ours', atMost: 1 } as const;
  return [
    { ...row, what: `logins of 1,000 cold callers at once`, ours: ours.logins, goal: one },
    {
      ...row,
      what: `reads of 1,000 cold callers at once`,
      ours: ours.reads,
      other: { what: 'a read per call', value: reads },
      goal: one,
    },
    {
      ...row,
      what: `reads of 1,000 cold callers at once`,
      ours: ours.reads,
      other: { what: `${engine.cli} agent with its cache`, value: behindAgent },
      goal: one,
    },
    {
      ...row,
      what: `until 1,000 cold callers have it`,
      ours: 1000 * seconds,
      other: { what: 'a read per call', value: 1000 * others },
      unit: 'ms',
    },
  ];
}

/** Before all else, while nothing else lives on the heap that may be freed in between. */
async function memoryRow(engine: MeasuredEngine, { progress }: Measuring): Promise<Row> {
  progress(`memory of ${MANY} sources`);
  const token = await engine.token(engine.path);
  const sources = (count: number): Promise<number> =>
    heapOfEach(
      Array.from({ length: count }, () => () => sourceAt(engine, engine.address)),
      (source) => source.token(),
      (source) => source[Symbol.asyncDispose](),
    );
  const clients = (count: number): Promise<number> =>
    heapOfEach(
      Array.from({ length: count }, () => () => nodeVault({ endpoint: engine.address, token })),
      (client) => client.read(engine.path) as Promise<unknown>,
    );
  // What is loaded and compiled once is no part of any of them.
  await sources(MANY_AT_ONCE);
  await clients(MANY_AT_ONCE);
  const [ours, other] = [await sources(MANY), await clients(MANY)];
  return {
    section: SECTION,
    what: `heap of a TokenSource, of 1,000`,
    ours,
    other: { what: 'a client of node-vault', value: other },
    unit: 'KiB',
    note: 'logged in, with its token, and its connection still open',
  };
}

/** @returns KiB, once each was used */
async function heapOfEach<T>(
  makes: readonly (() => T)[],
  use: (thing: T) => Promise<unknown>,
  end: (thing: T) => Promise<unknown> = () => Promise.resolve(),
): Promise<number> {
  const before = heapKiB();
  const things = makes.map((make) => make());
  await aFewAtOnce(things, use);
  const all = heapKiB() - before;
  await aFewAtOnce(things, end);
  return all / things.length;
}

function sourceAt({ credential, roleId, secretIdFile }: MeasuredEngine, address: string): TokenSource {
  return new TokenSource({ address, credential, roleId, secretIdFile });
}

/** One after the other, for some time. @param between looks at the clock */
async function callsASecond(call: () => Promise<unknown>, between = 1): Promise<number> {
  const started = performance.now();
  const end = started + 1000 * SECONDS;
  let calls = 0;
  while (performance.now() < end) {
    for (let called = 0; called < between; called += 1) {
      await call();
    }
    calls += between;
  }
  return (1000 * calls) / (performance.now() - started);
}

async function aFewAtOnce<T>(things: readonly T[], work: (thing: T) => Promise<unknown>): Promise<void> {
  const left = things.values();
  await Promise.all(
    Array.from({ length: MANY_AT_ONCE }, async () => {
      for (const thing of left) {
        await work(thing);
      }
    }),
  );
}
