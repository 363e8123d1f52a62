import { ExplainedError } from '#core';
import { lastLine, run, type RunOptions } from '../lib/processes/child-process';
import { timed } from './rounds';

export interface ChildUsage {
  readonly seconds: number;
  /** The most that it had of the memory at any time. */
  readonly peakMiB: number;
}

const MARK = 'peak KiB ';

/** Loaded by the child before all else. */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(
  `process.on('exit', () => process.stderr.write('\\n${MARK}' + process.resourceUsage().maxRSS + '\\n'))`,
)}`;

/** Runs a program of Node to its end. @throws ExplainedError where it fails */
export async function nodeUsage(args: readonly string[], options: RunOptions): Promise<ChildUsage> {
  let stderr = '';
  const seconds = await timed(async () => {
    stderr = await succeeded(process.execPath, ['--import', TELL_PEAK, ...args], options);
  });
  return { seconds, peakMiB: Number(stderr.split(MARK).at(-1)) / 1024 };
}

/** @returns what it said on standard error. @throws ExplainedError where it fails */
export async function succeeded(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await run(command, args, options);
  if (exitCode !== 0) {
    const said = stderr || stdout;
    throw new ExplainedError(
      `"${[command, ...args].join(' ').slice(0, 200)}" ended with exit code ${exitCode}: ${lastLine(said, /Error: /) || lastLine(said)}`,
    );
  }
  return stderr;
}
