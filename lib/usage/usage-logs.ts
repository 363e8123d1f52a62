import { ExplainedError } from '#core';
import type { Deployment } from '../declaration/schema/deployment';
import { LineSplitter, LONGEST_LINE_BYTES } from './line-splitter';
import { identityOf, logSource, STANDARD_INPUT, type LogSourceOptions } from './log-source';
import { UsageCount } from './usage-count';

export interface UsageLogsOptions extends LogSourceOptions {
  /** In milliseconds. @default - all lines count */
  readonly since?: number;
  /** Receives one line about each thing that was left out. */
  readonly note: (line: string) => void;
}

/**
 * Counts the lines of several logs, in any order.
 *
 * @param names files, or "-" for standard input
 * @throws ExplainedError if a log cannot be read, or if no line is of a known kind
 */
export async function countLogs(
  deployment: Deployment,
  names: readonly string[],
  { since, note, ...source }: UsageLogsOptions,
): Promise<UsageCount> {
  const count = new UsageCount(deployment, since);
  for (const name of await eachOnce(names, note)) {
    const before = { ...count.lines };
    const splitter = new LineSplitter(count);
    for await (const chunk of logSource(name, source)) {
      splitter.push(chunk);
    }
    splitter.end();
    const skipped = count.lines.skipped - before.skipped;
    const tooLong = count.lines.tooLong - before.tooLong;
    if (skipped > 0) {
      note(`${placeOf(name)}: ${skipped} line(s) skipped, which are cut off or of another log`);
    }
    if (tooLong > 0) {
      note(`${placeOf(name)}: ${tooLong} line(s) skipped, which are longer than ${LONGEST_LINE_BYTES} bytes`);
    }
  }
  if (count.lines.audit + count.lines.proxied === 0) {
    throw new ExplainedError(
      `no line of ${names.map(placeOf).join(', ')} is an entry of Vault's audit log or a request line of a proxy; each is a JSON object on a line of its own. Name the file of an audit device with format "json", or pipe the log through a program that unpacks it`,
    );
  }
  return count;
}

/** A pattern of the shell and a name may name the same file, whose lines would count twice. */
async function eachOnce(names: readonly string[], note: (line: string) => void): Promise<string[]> {
  const known = new Map<string, string>();
  const once: string[] = [];
  for (const name of names) {
    const identity = (await identityOf(name)) ?? name;
    const first = known.get(identity);
    if (first === undefined) {
      known.set(identity, name);
      once.push(name);
    } else {
      note(`${name} is the same file as ${first}, and counts once`);
    }
  }
  return once;
}

function placeOf(name: string): string {
  return name === STANDARD_INPUT ? 'standard input' : name;
}
