import { mkdirSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode, ExplainedError, isExplained } from '#core';

/** Content of a folder that counts as empty, because people often create the repository first. */
const IGNORED = ['.git'];

/** @throws ExplainedError if the folder has content, cannot be read, or is a file */
export function checkNewFolder(folder: string): void {
  const content = contentOf(folder).find((name) => !IGNORED.includes(name));
  if (content !== undefined) {
    throw new ExplainedError(`${folder} is not empty, because it has ${content}; name a folder that is new or empty`);
  }
}

function contentOf(folder: string): string[] {
  try {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found?.isDirectory() === false) {
      throw new ExplainedError(`${folder} is a file; name a folder that is new or empty`);
    }
    return found === undefined ? [] : readdirSync(folder);
  } catch (error) {
    throw explained(error, folder);
  }
}

/**
 * Writes all files into a new or empty folder, or leaves it as it was. No signal ends the process in between, because
 * the calls are synchronous. If two runs write at once, the second one fails at the first file.
 *
 * @param files texts by their paths in the folder
 * @throws ExplainedError if the folder cannot be written, or has content
 */
export function writeNewFolder(folder: string, files: Readonly<Record<string, string>>): void {
  const undo: (() => void)[] = [];
  SIGNALS.forEach((signal) => process.on(signal, ignore));
  try {
    checkNewFolder(folder);
    for (const [name, text] of Object.entries(files)) {
      const file = resolve(folder, name);
      const made = mkdirSync(dirname(file), { recursive: true });
      if (made !== undefined) {
        undo.push(() => removeEmpty(dirname(file), resolve(made)));
      }
      writeFileSync(file, text, { flag: 'wx' });
      undo.push(() => rmSync(file));
    }
  } catch (error) {
    undo.reverse().forEach((step) => step());
    throw explained(error, folder);
  } finally {
    SIGNALS.forEach((signal) => process.off(signal, ignore));
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function ignore(): void {
  // The few files take no time that a person could wait for.
}

/** Removes the folder and those above it that this run made, unless another run has written there meanwhile. */
function removeEmpty(folder: string, made: string): void {
  for (let each = folder; each.startsWith(made) && readdirSync(each).length === 0; each = dirname(each)) {
    rmdirSync(each);
  }
}

/** An error of the file system, in words. */
function explained(error: unknown, folder: string): unknown {
  if (isExplained(error)) {
    return error;
  }
  const code = errorCode(error);
  switch (code) {
    case 'EEXIST':
      return new ExplainedError(
        `${folder} is not empty any more; another program has just written there, so name another folder`,
      );
    case 'ENOTDIR':
      return new ExplainedError(`${folder} leads through a file; name a folder that is new or empty`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ExplainedError(`you may not write ${folder} (${code}); name a folder where you may write`);
    default:
      return new ExplainedError(`${folder} cannot be written (${code}); name another folder`, { cause: error });
  }
}
