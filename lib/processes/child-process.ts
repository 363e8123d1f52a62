import { spawn, type ChildProcess } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/** Settings and secrets of Vault, of this program and of Terraform. */
const HIDDEN_VARIABLES = /^(?:BAO|VAULT|WEBEX|TF_VAR|TF_TOKEN)_/;

export interface FinishedCommand {
  /** The code that a shell reports: 126 not executable, 127 no such command, 128 and more ended by a signal. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** @default - that of this process */
  readonly cwd?: string;
  /** The whole environment, whose `PATH` finds the command. @default - that of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Time after which the command is killed. @default - unlimited */
  readonly timeoutMs?: number;
  /** Kills the command if it is aborted. @default - none */
  readonly signal?: AbortSignal;
  /** Called with each line on standard error as it comes. @default - none */
  readonly onErrorLine?: (line: string) => void;
}

/**
 * The environment for a program that is not ours, because it passes its environment on to everything that it starts. A
 * server would also read these variables as settings that override its configuration.
 */
export function withoutSecrets(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !HIDDEN_VARIABLES.test(name)));
}

/** Runs a command to its end, without a shell and without input. Never rejects: see `exitCode`. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<FinishedCommand> {
  const { cwd, env = process.env, timeoutMs, signal, onErrorLine } = options;
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const release = killAtExit(child);
  const kill = (): void => {
    child.kill('SIGKILL');
    // Processes that it started may keep them open for ever.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const killTimer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs);
  signal?.addEventListener('abort', kill);
  if (signal?.aborted) {
    kill();
  }
  let stdout = '';
  let stderr = '';
  let unfinishedLine = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    const lines = (unfinishedLine + text).split('\n');
    unfinishedLine = lines.pop() ?? '';
    lines.forEach((line) => onErrorLine?.(line));
  });
  try {
    return await new Promise<FinishedCommand>((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) =>
        resolve({ exitCode: error.code === 'ENOENT' ? 127 : 126, stdout, stderr: error.message }),
      );
      child.once('close', (code) => resolve({ exitCode: code ?? 128, stdout, stderr }));
    });
  } finally {
    clearTimeout(killTimer);
    signal?.removeEventListener('abort', kill);
    release();
  }
}

/** One exit listener serves all children, because Node reports more than ten listeners as a leak. */
const KILLS = new Set<() => void>();
const killAll = (): void => KILLS.forEach((kill) => kill());

/**
 * Kills the child when this process exits, or the process group that it leads.
 *
 * @returns undoes this; call it once the child has ended, because its process id may be given to another process
 */
export function killAtExit(child: ChildProcess, { group = false } = {}): () => void {
  const kill = (): void => {
    if (group && child.pid !== undefined) {
      killGroup(child.pid);
    } else {
      child.kill('SIGKILL');
    }
  };
  if (KILLS.size === 0) {
    // Before the listeners that remove what the child is still writing to.
    process.prependListener('exit', killAll);
  }
  KILLS.add(kill);
  return () => {
    KILLS.delete(kill);
    if (KILLS.size === 0) {
      process.off('exit', killAll);
    }
  };
}

export function killGroup(leaderPid: number): void {
  try {
    process.kill(-leaderPid, 'SIGKILL');
  } catch {
    // All of them have ended already.
  }
}

/** The last line that matches, without terminal colors; empty if there is none. */
export function lastLine(output: string, pattern = /\S/): string {
  const lines = output.split('\n').map((line) => stripVTControlCharacters(line).trim());
  return lines.findLast((line) => pattern.test(line)) ?? '';
}
