import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { errorCode } from '../explained-error';
import { oneLine } from '../safe-text';

/** Signals that end a command. A terminal itself sends the first two to all its processes. */
const SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const;
const FROM_TERMINAL: readonly string[] = ['SIGINT', 'SIGQUIT'];

/**
 * Runs a command with a token in its environment, because a process list shows arguments. It passes signals on.
 *
 * @param variables added to the environment of this process. An undefined one is removed
 * @returns its exit code, as a shell reports it
 */
export async function runChildCommand(
  command: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv,
): Promise<number> {
  let child: ChildProcess | undefined;
  // Not process.stdin.isTTY: opening stdin makes the pipe that the child reads non-blocking.
  const atTerminal = isatty(0);
  const passOn = (signal: NodeJS.Signals): void => {
    if (!(atTerminal && FROM_TERMINAL.includes(signal))) {
      child?.kill(signal);
    }
  };
  // Before the child runs: an unhandled signal would end this process alone.
  SIGNALS.forEach((signal) => process.on(signal, passOn));
  try {
    // Loaded here, because most runs start no child.
    const { spawn } = await import('node:child_process');
    child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...variables } });
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } catch (error) {
    const code = errorCode(error);
    const [exitCode, advice] =
      code === 'ENOENT' ? [127, 'check its name and PATH'] : [126, 'check that it is executable'];
    process.stderr.write(`error: "${oneLine(command)}" cannot be run (${code}); ${advice}\n`);
    return exitCode;
  } finally {
    SIGNALS.forEach((signal) => process.off(signal, passOn));
  }
}
