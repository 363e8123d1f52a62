import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError } from '#core';
import { readRefreshing, refreshingOf, type EngineRefreshing } from './engine-refreshing';
import { graceSignal } from './grace-signal';
import type { VaultClient } from './vault-client';

/*
 * A refresh that is under way when the server or the plugin stops loses its grant, where Webex has taken the old refresh
 * token by then and its answer is stored nowhere. So refreshing is paused before a planned stop, and what is under way is
 * waited for.
 *
 * What the plugin (3.1.1) does where its configuration is written, as its source says (pkg/backend/lifecycle.go,
 * token_authcode.go; segment.go and restart.go of puppetlabs/leg/scheduler): nothing waits in a queue, since the names of
 * the credentials are handed to 16 workers one by one. The write ends the handing out, so that one more begins at most,
 * and none once the interval is 0. It ends no worker: each goes on until Webex has answered or the timeout is over, and
 * stores what it has got. Workers whose credentials share one of 256 locks do so one after the other. Nothing that may be
 * asked without the right to read credentials tells when they are done.
 */

const CHECK_INTERVAL = 'tune_refresh_check_interval_seconds';

/** For handing out the last one, and for storing the last answer. */
const STORING_SECONDS = 1;

/** Where the engine waits for Webex without an end. */
const NO_END_SECONDS = 60;

export interface PausedEngine {
  readonly vault: VaultClient;
  readonly mountPath: string;
  /** Its configuration as it is declared, whole. */
  readonly declared: Readonly<Record<string, unknown>>;
}

export interface PauseOptions {
  /** Takes what a person should know meanwhile, a line at a time. */
  readonly note: (line: string) => void;
  /** How to go back, to be named where the wait is interrupted. */
  readonly howToResume: string;
  /** Ends the wait; refreshing then stays paused. @default - none */
  readonly signal?: AbortSignal;
}

export interface Pause {
  /** Whether it was paused before. */
  readonly wasPaused: boolean;
  readonly waitedSeconds: number;
}

/**
 * Stops background refreshing, and waits as long as a refresh that is under way may take. May be repeated.
 *
 * @returns undefined where the engine is declared to refresh only what is read, and so has nothing to pause
 * @throws NotDeployed where there is no engine; ExplainedError where the wait is interrupted
 */
export async function pauseRefreshing(engine: PausedEngine, options: PauseOptions): Promise<Pause | undefined> {
  const { vault, mountPath, declared } = engine;
  const { note, howToResume, signal } = options;
  const before = await readRefreshing(vault.endedBy(signal), mountPath);
  const meant = refreshingOf(declared);
  const wasPaused = before.checkIntervalSeconds === 0;
  if (wasPaused && meant.checkIntervalSeconds === 0) {
    return undefined;
  }
  signal?.throwIfAborted();
  if (!wasPaused) {
    // Each other field as it was: the plugin puts what is left out back to its own default, and that one reaps.
    const configuration = { ...(before.configuration ?? declared), [CHECK_INTERVAL]: 0 };
    await vault.endedBy(graceSignal(signal)).write(`${mountPath}/config`, configuration);
  }
  const longest = longestOf([before, meant]);
  const waitedSeconds = Math.ceil(longest ?? NO_END_SECONDS) + STORING_SECONDS;
  const whyThatLong =
    longest === undefined
      ? 'engine.tuning.providerTimeoutSeconds is 0, so that a refresh may take any time'
      : `a refresh that is under way may take ${longest} s`;
  const since = wasPaused ? 'was paused already, perhaps a moment ago' : 'is paused';
  note(`refreshing at "${mountPath}" ${since}; waiting ${waitedSeconds} s, as ${whyThatLong}`);
  try {
    await sleep(waitedSeconds * 1000, undefined, { signal });
  } catch {
    throw new ExplainedError(
      `interrupted: refreshing at "${mountPath}" stays paused, and a refresh may be under way; pause again before you stop anything, or go back: ${howToResume}`,
    );
  }
  if ((await readRefreshing(vault, mountPath)).checkIntervalSeconds !== 0) {
    throw new ExplainedError(
      `refreshing at "${mountPath}" was resumed while this waited, by a deploy or by somebody else, so nothing may be stopped yet; pause again`,
    );
  }
  return { wasPaused, waitedSeconds };
}

/**
 * Has the engine refresh as declared, at once. May be repeated.
 *
 * @returns whether it was paused; where it was not, nothing is written
 * @throws NotDeployed where there is no engine
 */
export async function resumeRefreshing({ vault, mountPath, declared }: PausedEngine): Promise<boolean> {
  const { checkIntervalSeconds } = await readRefreshing(vault, mountPath);
  const wasPaused = checkIntervalSeconds === 0 && refreshingOf(declared).checkIntervalSeconds > 0;
  if (wasPaused) {
    await vault.write(`${mountPath}/config`, declared);
  }
  return wasPaused;
}

/** @returns undefined where one has no end */
function longestOf(all: readonly EngineRefreshing[]): number | undefined {
  const seconds = all.map(({ longestRefreshSeconds = Number.POSITIVE_INFINITY }) => longestRefreshSeconds);
  const longest = Math.max(...seconds);
  return Number.isFinite(longest) ? longest : undefined;
}
