import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExplainedError } from 'webex-token-client';
import { UsageError } from '../usage-error';
import { renderCsv } from './csv';
import type { Report } from './report';
import { renderTable } from './table';

/** The report in one format, and where it goes. */
export interface Output {
  readonly render: (report: Report) => string | Promise<string>;
  /** @default - stdout */
  readonly file?: string;
}

/** Formats that were asked for: with the name of a file, or `true` for stdout. */
export interface OutputOptions {
  readonly csv?: string | true;
  readonly json?: string | true;
  readonly html?: string | true;
}

/**
 * The outputs that were asked for; to stdout goes the table, unless another format does.
 *
 * @throws UsageError where two of them would mix on stdout, or a file has no name
 */
export function chooseOutputs(options: OutputOptions): Output[] {
  const formats: [string | true | undefined, Output['render']][] = [
    [options.csv, renderCsv],
    [options.json, (report) => `${JSON.stringify(report, null, 2)}\n`],
    // Charts take a moment to load, so only who wants them waits.
    [options.html, async (report) => (await import('./html-page.js')).renderHtml(report)],
  ];
  const chosen = formats.flatMap(([to, render]): Output[] =>
    to === undefined ? [] : [{ render, file: to === true ? undefined : to }],
  );
  if (chosen.some(({ file }) => file === '')) {
    throw new UsageError('--csv, --json and --html take the name of a file, got an empty one; leave it out for stdout');
  }
  const toStdout = chosen.filter(({ file }) => file === undefined).length;
  if (toStdout > 1) {
    throw new UsageError('only one of --csv, --json and --html can go to stdout; name a file for the others');
  }
  return toStdout === 1 ? chosen : [...chosen, { render: renderTable }];
}

/**
 * A report takes minutes, so what would fail at its end is told before it begins.
 *
 * @throws ExplainedError where a file could not be written
 */
export async function checkWritable(outputs: readonly Output[]): Promise<void> {
  for (const { file } of outputs) {
    if (file !== undefined) {
      await explaining(file, () => checkFile(file));
    }
  }
}

/** @throws ExplainedError where the file cannot be written */
export async function deliver(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  await explaining(file, () => writeFile(file, text));
  process.stderr.write(`wrote ${file}\n`);
}

async function checkFile(file: string): Promise<void> {
  const existing = await stat(file).catch(() => undefined);
  if (existing?.isDirectory()) {
    throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  }
  if (existing !== undefined) {
    await access(file, constants.W_OK);
  } else {
    // With a slash at its end it is found only where it is a folder.
    await access(`${dirname(file)}/`, constants.W_OK);
  }
}

async function explaining(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new ExplainedError(`${file} cannot be written (${code}); check the folder and its permissions`);
  }
}
