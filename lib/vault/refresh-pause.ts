import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError } from '#core';
import { readRefreshing, refreshingOf, type EngineRefreshing } from './engine-refreshing';
import { graceSignal } from './grace-signal';
import type { VaultClient } from './vault-client';

/*
 * A running refresh can lose its grant if the server or the plugin stops: Webex may have rotated the refresh token, and
 * its answer is not stored yet. So refreshing is paused before a planned stop, and running refreshes are waited for.
 *
 * The plugin (3.1.1) gives the names of the credentials to 16 workers one by one, without a queue. A write of the
 * configuration ends this, so at most one more refresh begins, and none after the interval is 0. Each worker continues
 * until Webex answers or the timeout is over, and stores the answer. Workers whose credentials share one of 256 locks take
 * turns. No reply tells when they are done, except to a token that may read credentials.
 *
 * @see pkg/backend/lifecycle.go and token_authcode.go of the plugin; segment.go and restart.go of puppetlabs/leg/scheduler
 */

const CHECK_INTERVAL = 'tune_refresh_check_interval_seconds';

/** Time to start the last refresh, and to store the last answer. */
export const STORING_SECONDS = 1;

/** Wait if the engine waits for Webex without a timeout. */
export const NO_END_SECONDS = 60;

export interface PausedEngine {
  readonly vault: VaultClient;
  readonly mountPath: string;
  /** Its whole declared configuration. */
  readonly declared: Readonly<Record<string, unknown>>;
}

export interface PauseOptions {
  /** Takes notes for people, a line at a time. */
  readonly note: (line: string) => void;
  /** The command that resumes, for the error of an interrupted wait. */
  readonly howToResume: string;
  /** Aborts the wait; refreshing then stays paused. @default - none */
  readonly signal?: AbortSignal;
}

export interface Pause {
  /** Whether it was paused before. */
  readonly wasPaused: boolean;
  readonly waitedSeconds: number;
}

/**
 * Stops background refreshing, and waits as long as a running refresh may take. May be repeated.
 *
 * @returns undefined if no periodic refresh is declared, so that there is nothing to pause
 * @throws NotDeployed if there is no engine; ExplainedError if the wait is interrupted
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
    // The plugin resets an omitted field to its own default, which reaps, so all fields are written.
    const configuration = { ...(before.configuration ?? declared), [CHECK_INTERVAL]: 0 };
    await vault.endedBy(graceSignal(signal)).write(`${mountPath}/config`, configuration);
  }
  const longest = longestOf([before, meant]);
  const waitedSeconds = Math.ceil(longest ?? NO_END_SECONDS) + STORING_SECONDS;
  const whyThatLong =
    longest === undefined
      ? 'engine.tuning.providerTimeoutSeconds is 0, and a refresh may take any time'
      : `a running refresh may take ${longest} s`;
  const since = wasPaused ? 'was paused already, perhaps a moment ago' : 'is paused';
  note(`refreshing at "${mountPath}" ${since}; waiting ${waitedSeconds} s, because ${whyThatLong}`);
  try {
    await sleep(waitedSeconds * 1000, undefined, { signal });
  } catch {
    throw new ExplainedError(
      `interrupted: refreshing at "${mountPath}" stays paused, and a refresh may be running; pause again before you stop anything, or resume: ${howToResume}`,
    );
  }
  if ((await readRefreshing(vault, mountPath)).checkIntervalSeconds !== 0) {
    throw new ExplainedError(
      `refreshing at "${mountPath}" was resumed during the wait, by a deploy or by another person; stop nothing yet, and pause again`,
    );
  }
  return { wasPaused, waitedSeconds };
}

/**
 * Writes the declared configuration, so the engine refreshes again at once. May be repeated.
 *
 * @returns whether it was paused; if not, nothing is written
 * @throws NotDeployed if there is no engine
 */
export async function resumeRefreshing({ vault, mountPath, declared }: PausedEngine): Promise<boolean> {
  const { checkIntervalSeconds } = await readRefreshing(vault, mountPath);
  const wasPaused = checkIntervalSeconds === 0 && refreshingOf(declared).checkIntervalSeconds > 0;
  if (wasPaused) {
    await vault.write(`${mountPath}/config`, declared);
  }
  return wasPaused;
}

/** @returns undefined if one has no limit */
function longestOf(all: readonly EngineRefreshing[]): number | undefined {
  const seconds = all.map(({ longestRefreshSeconds = Number.POSITIVE_INFINITY }) => longestRefreshSeconds);
  const longest = Math.max(...seconds);
  return Number.isFinite(longest) ? longest : undefined;
}
