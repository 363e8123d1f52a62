import { debuglog } from 'node:util';
import { Command, CommanderError } from 'commander';
import { APP_ENVIRONMENT, ExplainedError } from 'webex-token-client';
// From core, so that these refuse what `webex-token` refuses, end with its codes, and hide secrets as it does.
import { CREDENTIAL_EXIT_CODES, describeError, exitCodeOf, refuseEndedRehearsal, refuseUnverifiedTls } from '#core';
import { UsageError } from './usage-error';

/*
 * What makes the samples commands: their `--help`, their exit codes, one line for each error, and Ctrl-C.
 */

export interface CommandDescription {
  /** Name of the file, without its ending. */
  readonly name: string;
  readonly summary: string;
  /** Environment variables beyond those of an app, each with its meaning. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
}

const EXIT_CODES: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'failed, as the line on stderr says',
  2: 'wrong usage',
  ...CREDENTIAL_EXIT_CODES,
  130: 'interrupted',
};

/** Ctrl-C, the end asked for by another process, and the terminal being closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** tsx passes on what the terminal has sent to this process already. */
const SAME_SIGNAL_MS = 500;

/** Where an unexpected error arose, with NODE_DEBUG=samples. */
const debug = debuglog('samples');

export function createCommand({ name, summary, environment }: CommandDescription): Command {
  return new Command(`npx tsx samples/${name}.ts`)
    .description(summary)
    .exitOverride()
    .addHelpText('after', section('Environment', { ...APP_ENVIRONMENT, ...environment }))
    .addHelpText('after', section('Exit codes', EXIT_CODES));
}

/**
 * Parses the command line, runs the action and sets the exit code.
 *
 * The first Ctrl-C aborts the signal, so that the action can clean up; a second one ends the process at once.
 */
export async function runCommand(build: (signal: AbortSignal) => Command): Promise<void> {
  process.stdout.on('error', unlessNobodyReads);
  process.stderr.on('error', unlessNobodyReads);
  const interruption = new AbortController();
  const ignoreSignals = onInterruption(() => interruption.abort());
  try {
    refuseUnverifiedTls();
    await build(interruption.signal)
      .hook('preAction', () => refuseEndedRehearsal())
      .parseAsync();
  } catch (error) {
    process.exitCode = report(error, interruption.signal);
  } finally {
    ignoreSignals();
  }
}

/** @returns leaves signals to Node again */
function onInterruption(interrupt: () => void): () => void {
  let since: number | undefined;
  const handle = (signal: NodeJS.Signals): void => {
    if (since === undefined) {
      since = performance.now();
      interrupt();
    } else if (performance.now() - since > SAME_SIGNAL_MS) {
      stop();
      process.kill(process.pid, signal);
    }
  };
  const stop = (): void => SIGNALS.forEach((signal) => void process.off(signal, handle));
  SIGNALS.forEach((signal) => void process.on(signal, handle));
  return stop;
}

/** Whoever reads the output may stop reading, like `head`, or a terminal that is closed. */
function unlessNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') {
    throw error;
  }
}

function report(error: unknown, interruption: AbortSignal): number {
  if (error instanceof CommanderError) {
    // Commander has already printed its line, or the help that was asked for.
    return error.exitCode === 0 ? 0 : 2;
  }
  if (interruption.aborted && error instanceof Error && error.name === 'AbortError') {
    process.stderr.write('interrupted\n');
    return 130;
  }
  if (error instanceof ExplainedError) {
    process.stderr.write(`error: ${error.message}\n`);
    return error instanceof UsageError ? 2 : exitCodeOf(error);
  }
  debug('%s', error instanceof Error ? error.stack : error);
  process.stderr.write(`error: unexpected: ${describeError(error)}; set NODE_DEBUG=samples to see where it arose\n`);
  return 1;
}

function section(title: string, rows: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(rows).map((key) => key.length));
  const lines = Object.entries(rows).map(([key, meaning]) => `  ${key.padEnd(width)}  ${meaning}`);
  return `\n${title}:\n${lines.join('\n')}`;
}
