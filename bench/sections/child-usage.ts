import { ExplainedError } from '#core';
import { lastLine, run, type FinishedCommand, type RunOptions } from '../../lib/processes/child-process';
import { timed } from '../results/rounds';

export interface ChildUsage {
  readonly seconds: number;
  readonly peakMiB: number;
}

const MARK = 'peak KiB ';

/** The child loads this module first. */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(
  `process.on('exit', () => process.stderr.write('\\n${MARK}' + process.resourceUsage().maxRSS + '\\n'))`,
)}`;

/** Runs a Node program to its end. @throws ExplainedError if it fails */
export async function nodeUsage(args: readonly string[], options: RunOptions): Promise<ChildUsage> {
  let stderr = '';
  const seconds = await timed(async () => {
    ({ stderr } = await succeeded(process.execPath, ['--import', TELL_PEAK, ...args], options));
  });
  return { seconds, peakMiB: Number(stderr.split(MARK).at(-1)) / 1024 };
}

/** @throws ExplainedError if the command fails */
export async function succeeded(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<FinishedCommand> {
  const ended = await run(command, args, options);
  if (ended.exitCode !== 0) {
    const said = ended.stderr || ended.stdout;
    throw new ExplainedError(
      `"${[command, ...args].join(' ').slice(0, 200)}" ended with exit code ${ended.exitCode}: ${lastLine(said, /Error: /) || lastLine(said)}`,
    );
  }
  return ended;
}
