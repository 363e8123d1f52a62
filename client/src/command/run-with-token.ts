import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';

/** Those that another process sends to end a command; a terminal sends the first two to all of its processes itself. */
const SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const;
const FROM_TERMINAL: readonly string[] = ['SIGINT', 'SIGQUIT'];

/**
 * Runs a command with the token in its environment, where no process list shows it. Signals are passed on.
 *
 * @returns its exit code, as a shell gives it
 */
export async function runWithToken(command: string, args: readonly string[], accessToken: string): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, WEBEX_ACCESS_TOKEN: accessToken } });
  // Not by process.stdin: to open it would make the pipe that the child reads non-blocking.
  const atTerminal = isatty(0);
  const passOn = (signal: NodeJS.Signals): void => {
    if (!(atTerminal && FROM_TERMINAL.includes(signal))) {
      child.kill(signal);
    }
  };
  SIGNALS.forEach((signal) => process.on(signal, passOn));
  try {
    return await new Promise<number>((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        const missing = error.code === 'ENOENT';
        const advice = missing ? 'check its name and PATH' : 'check that it may be run';
        process.stderr.write(`error: "${command}" cannot be run (${error.code ?? error.message}); ${advice}\n`);
        resolve(missing ? 127 : 126);
      });
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    SIGNALS.forEach((signal) => process.off(signal, passOn));
  }
}
