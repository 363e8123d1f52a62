import { constants } from 'node:os';
import { REFRESH_WAIT_MS } from '../refresh-wait';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A wait longer than this is explained. */
const UNEXPLAINED_MS = 1000;

/**
 * Awaits what is under way. At a signal it is given some time to finish, since a reader who hangs up while the engine
 * refreshes can lose a grant whose refresh token rotates; then the process ends. More signals change nothing: npx passes
 * on what the terminal has sent to this process already.
 *
 * @param graceMs how long Vault may take to answer after a signal
 */
export async function endsOnSignal<T>(underWay: Promise<T>, graceMs = REFRESH_WAIT_MS): Promise<T> {
  let received: NodeJS.Signals | undefined;
  const end = (signal: NodeJS.Signals): void => process.exit(128 + constants.signals[signal]);
  const handle = (signal: NodeJS.Signals): void => {
    if (received === undefined) {
      received = signal;
      setTimeout(() => explain(graceMs), UNEXPLAINED_MS).unref();
      setTimeout(() => end(signal), graceMs).unref();
    }
  };
  SIGNALS.forEach((signal) => process.on(signal, handle));
  try {
    return await underWay;
  } finally {
    if (received !== undefined) {
      end(received);
    }
    SIGNALS.forEach((signal) => process.off(signal, handle));
  }
}

function explain(graceMs: number): void {
  process.stderr.write(
    `interrupted; Vault has up to ${graceMs / 1000} s to answer, since to hang up while it refreshes a token can lose the grant (Ctrl-\\ ends this at once)\n`,
  );
}
