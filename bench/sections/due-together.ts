import { setTimeout as sleep } from 'node:timers/promises';
import { TokenSource } from 'webex-token-client';
import { TOKEN_PATH } from '../../rehearsal/webex/endpoints/token-endpoint';
import type { WrittenVault } from '../../rehearsal/written-vault';
import { Load } from './load';
import { percentile } from '../results/rounds';
import { PollingReader } from './polling-readers';
import type { Row } from '../results/row';
import type { Measuring } from '../run-sections';
import { credentialReply } from '../../lib/vault/replies';

/*
 * All tokens fall due together: the duration of the refreshes, the number of calls to Webex, and the effect on readers of
 * valid tokens.
 */

const READERS = 50;
const PAUSE_MS = 50;
const SOURCES = 50;
const POLL_MS = 50;

/** Each with the limit of its measurement. */
const WEBEX = [
  { what: 'Webex at 5 ms', delayMs: 5, longestMs: 180_000 },
  { what: 'Webex at 500 ms', delayMs: 500, longestMs: 180_000 },
  { what: 'Webex hangs', delayMs: 600_000, longestMs: 60_000 },
];

export async function dueTogetherRows(
  vault: WrittenVault,
  names: readonly string[],
  { progress }: Measuring,
): Promise<Row[]> {
  const token = await vault.tokenWith('path "oauthapp/creds/*" { capabilities = ["read"] }');
  const login = await vault.appLogin('people-me');
  const { address } = vault.server;
  const sources = Array.from({ length: SOURCES }, () => new TokenSource({ address, credential: 'testauth', ...login }));
  await Promise.all(sources.map((source) => source.token()));
  const paths = names.map((name) => `oauthapp/creds/${name}`);
  const rows: Row[] = [];
  for (const { what, delayMs, longestMs } of WEBEX) {
    progress(`wave of ${names.length}, ${what}`);
    const load = await Load.start({ address, token, paths, readers: READERS, pauseMs: PAUSE_MS });
    const probe = new PollingReader(sources);
    const seconds = await wave(vault, names.length, delayMs, longestMs);
    const calls = refreshes(vault);
    await probe.stop();
    // Waiting readers get their answers, and no refresh begins.
    await vault.engine.tune(vault.admin, { tune_refresh_check_interval_seconds: 0 });
    vault.webex.behavior.fault = undefined;
    await load.stop();
    const endWithin = seconds === undefined ? undefined : await spreadOfEnds(vault, names);
    rows.push(...rowsOf({ what, count: names.length, seconds, endWithin, calls, load, probe }));
  }
  await Promise.all(sources.map((source) => source[Symbol.asyncDispose]()));
  return rows;
}

/** @returns the duration, or undefined if the wave did not end */
async function wave(
  vault: WrittenVault,
  count: number,
  delayMs: number,
  longestMs: number,
): Promise<number | undefined> {
  vault.webex.behavior.fault = { path: TOKEN_PATH, delayMs };
  vault.webex.requests.length = 0;
  const started = performance.now();
  await vault.engine.tune(vault.admin, {
    tune_refresh_check_interval_seconds: 3600,
    tune_refresh_expiry_delta_factor: 168,
  });
  while (performance.now() - started < longestMs) {
    if (vault.webex.requests.filter(({ grantType }) => grantType === 'refresh_token').length >= count) {
      return (performance.now() - started) / 1000;
    }
    await sleep(POLL_MS);
  }
  return undefined;
}

/** Seconds between the first and the last expiry of the tokens, which shows if the next refresh is a wave too. */
async function spreadOfEnds(vault: WrittenVault, names: readonly string[]): Promise<number> {
  const ends: number[] = [];
  for (const name of names) {
    const { data } = await vault.admin.read(`oauthapp/creds/${name}`, credentialReply);
    ends.push(data.expire_time?.getTime() ?? Number.NaN);
  }
  return (percentile(ends, 100) - percentile(ends, 0)) / 1000;
}

function refreshes({ webex: { requests, inFlight } }: WrittenVault): number {
  return requests.filter(({ grantType }) => grantType === 'refresh_token').length + inFlight.length;
}

interface Wave {
  readonly what: string;
  readonly count: number;
  readonly seconds: number | undefined;
  readonly endWithin: number | undefined;
  readonly calls: number;
  readonly load: Load;
  readonly probe: PollingReader;
}

function rowsOf({ what, count, seconds, endWithin, calls, load, probe }: Wave): Row[] {
  const row = { section: 'wave of 1,000 tokens due together' };
  const note = seconds === undefined ? 'the measurement ended first, after a minute' : undefined;
  const inSeconds = (title: string, ours: number | undefined): Row[] =>
    ours === undefined ? [] : [{ ...row, what: `${title}, ${what}`, ours, unit: 's' }];
  return [
    ...inSeconds('until all are refreshed', seconds),
    ...inSeconds('the new tokens expire within', endWithin),
    { ...row, what: `calls to Webex for ${count.toLocaleString('en')}, ${what}`, ours: calls, unit: 'calls', note },
    {
      ...row,
      what: `reads that failed, ${what}`,
      ours: load.failed + probe.failed,
      unit: 'calls',
      goal: { of: 'ours', atMost: 0 },
      note: `of ${load.waits.length.toLocaleString('en')} by ${READERS} readers, and ${probe.waits.length.toLocaleString('en')} through TokenSource`,
    },
    {
      ...row,
      what: `longest wait through TokenSource, ${what}`,
      ours: percentile(probe.waits, 100),
      other: { what: 'a read of creds', value: percentile(load.waits, 100) },
      unit: 'ms',
    },
  ];
}
