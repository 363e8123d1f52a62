import { createHash } from 'node:crypto';
import { accessSync, closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { commandLine, errorCode, ExplainedError } from '#core';
import type { Deployment } from '../schema/deployment';

const advice = (): string =>
  `get it by "${commandLine('plugin fetch')}", or set OAUTHAPP_PLUGIN to another build of it`;

/** First bytes of programs: ELF, kinds of Mach-O, scripts. */
const PROGRAMS = ['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', '2321'];

/** Reason why {@link isProgram} refuses a file. */
export const NO_PROGRAM = 'neither ELF nor Mach-O';

export interface PluginBinary {
  /** Hex. */
  readonly sha256: string;
  /** File name in the server's plugin directory. */
  readonly command: string;
}

export function pluginCommand({ name, path, command }: Deployment['engine']['plugin']): string {
  return command ?? (path === undefined ? name : basename(path));
}

/**
 * Checks the plugin binary on this machine, if one is declared. This check precedes all requests to Vault.
 *
 * @param folder start of a relative path
 * @throws ExplainedError if the binary is missing, cannot run, or has another sha256
 */
export function inspectPlugin(plugin: Deployment['engine']['plugin'], folder: string): PluginBinary {
  const { path, sha256 } = plugin;
  const command = pluginCommand(plugin);
  if (path === undefined) {
    if (sha256 === undefined) {
      throw new ExplainedError(
        `engine.plugin has neither path nor sha256, so Vault could not verify the plugin; ${advice()}`,
      );
    }
    return { sha256, command };
  }

  const file = resolve(folder, path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new ExplainedError(`no plugin binary at ${file}; ${advice()}`);
  }
  if (!found.isFile()) {
    throw new ExplainedError(`the plugin binary ${file} must be a file, but is none; ${advice()}`);
  }
  if (!isProgram(file)) {
    throw new ExplainedError(`the plugin binary ${file} must be a program, but is ${NO_PROGRAM}; ${advice()}`);
  }
  if (!isExecutable(file)) {
    throw new ExplainedError(`the plugin binary ${file} must be executable, but is not; run chmod 755 ${file}`);
  }
  const actual = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (sha256 !== undefined && sha256 !== actual) {
    throw new ExplainedError(
      `the plugin binary ${file} must have sha256 ${sha256}, got ${actual}; use the right binary, or correct engine.plugin.sha256 if you trust this one`,
    );
  }
  return { sha256: actual, command };
}

/** @throws ExplainedError if it cannot be read */
export function isProgram(file: string): boolean {
  const beginning = firstBytes(file, 4).toString('hex');
  return PROGRAMS.some((magic) => beginning.startsWith(magic));
}

/** @throws ExplainedError if it cannot be read */
export function firstBytes(file: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    return bytes.subarray(0, readSync(descriptor, bytes));
  } catch (error) {
    throw new ExplainedError(
      `the plugin binary ${file} cannot be read (${errorCode(error)}); check its owner and its mode`,
    );
  } finally {
    if (descriptor !== undefined) {
      closeSync(descriptor);
    }
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
