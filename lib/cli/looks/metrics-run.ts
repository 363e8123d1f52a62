import { describeError, errorCode, ExplainedError, isLoopback, oneLine, UsageError } from '#core';
import { urlHost } from '../../declaration/schema/host-name';
import { writeAtomically } from '../../files/atomic-file';
import { Liveness } from '../../health/metrics/liveness';
import type { ListenAddress } from '../../browser/loopback-servers';
import { MetricsServer } from '../../health/metrics/metrics-server';
import type { Report } from '../../health/report';
import { lookRegularly, timedLook, type TimedLook } from '../../health/metrics/regular-looks';
import { explained } from '../../operators/server-refusal';
import { say } from '../command';

export type Look = (signal: AbortSignal) => Promise<Report>;

/** Looks once. @param out file for the metrics @default - stdout */
export async function writeMetrics(
  look: Look,
  out: string | undefined,
  text: (taken: TimedLook) => string,
  signal: AbortSignal,
): Promise<void> {
  const taken = await timedLook(() => look(signal));
  signal.throwIfAborted();
  const { error } = taken;
  if (error instanceof UsageError) {
    throw error;
  }
  if (out === undefined) {
    process.stdout.write(text(taken));
  } else {
    // The metrics are not secret, and their collector is another user.
    await writeAtomically(out, text(taken), { mode: 0o644 }).catch((failure: unknown) => {
      throw failure instanceof ExplainedError
        ? failure
        : new ExplainedError(`${out} cannot be written (${errorCode(failure)}); choose another place for it`);
    });
  }
  if (error !== undefined) {
    throw error;
  }
}

/** Looks regularly and answers scrapes, until the signal is aborted. @param interval in seconds */
export async function serveMetrics(
  look: Look,
  address: ListenAddress,
  interval: number,
  text: (taken: TimedLook) => string,
  signal: AbortSignal,
): Promise<void> {
  let latest: string | undefined;
  let problem: string | undefined;
  const liveness = new Liveness(interval * 1000);
  await using server = await MetricsServer.listen(address, { text: () => latest, health: () => liveness.health });
  if (!isLoopback(urlHost(address.host))) {
    say(
      'warning: everybody who can reach this address can read the metrics, because there is no login; limit it to Prometheus',
    );
  }
  say(`metrics are at ${server.url}; a look is taken every ${interval} s`);
  const onLook = (taken: TimedLook): void => {
    const { error } = taken;
    liveness.lookEnded();
    if (error instanceof UsageError && latest === undefined) {
      throw error;
    }
    latest = text(taken);
    const failed = error === undefined ? undefined : oneLine(describeError(explained(error)));
    if (failed !== problem) {
      say(failed === undefined ? 'the look succeeds again' : `the look failed: ${failed}`);
      problem = failed;
    }
  };
  await lookRegularly({ intervalMs: interval * 1000, look, onLook }, signal);
}
