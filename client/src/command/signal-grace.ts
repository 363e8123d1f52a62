import { constants } from 'node:os';
import { REFRESH_WAIT_MS } from '../token-source';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Wait after which a line explains it. */
const UNEXPLAINED_MS = 1000;

/**
 * Awaits a read. After a signal, the read has some time to finish, because a reader who hangs up during a refresh can lose
 * a grant whose refresh token rotates. Then the process ends. Further signals are ignored, because npx passes on the signal
 * that the terminal has already sent to this process.
 *
 * @param graceMs time that Vault has to answer after a signal
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
    `interrupted; Vault has up to ${graceMs / 1000} s to answer, because a hang-up during a refresh can lose the grant (Ctrl-\\ ends this at once)\n`,
  );
}
