import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** For an answer of Vault that is under way; longer, nobody waits for an interrupted command. */
const PATIENCE_MS = 5000;

/**
 * Awaits what is under way. At a signal it is given some seconds to finish, since a reader who hangs up while the
 * engine refreshes can lose a grant whose refresh token rotates; then, or at a second signal, the process ends.
 */
export async function endsOnSignal<T>(underWay: Promise<T>): Promise<T> {
  let received: NodeJS.Signals | undefined;
  const end = (signal: NodeJS.Signals): void => process.exit(128 + constants.signals[signal]);
  const handle = (signal: NodeJS.Signals): void => {
    if (received !== undefined) {
      end(signal);
    }
    received = signal;
    setTimeout(() => end(signal), PATIENCE_MS).unref();
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
