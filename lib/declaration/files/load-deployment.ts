import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, parse, relative, resolve } from 'node:path';
import { errorCode, ExplainedError, isExplained, UsageError } from '#core';
import { InvalidDeployment } from '../checks/invalid-deployment';
import { defineDeployment } from '../define-deployment';
import type { Deployment, DeploymentInput } from '../schema/deployment';
import { importTypeScript, registerTypeScript } from './typescript-modules';

const ENDINGS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];

const HOW_TO_EXPORT = 'write "export default defineDeployment({ ... })"';

/** A declaration and its file. Relative paths start from the file's folder, which also has the local states. */
export interface LoadedDeployment {
  readonly deployment: Deployment;
  /** Absolute path. */
  readonly file: string;
  readonly folder: string;
  /** File name without its ending. */
  readonly name: string;
}

/**
 * Loads a deployment: the default export of a module, or a JSON file.
 *
 * @param file relative to the current folder
 * @throws UsageError if there is no such file; ExplainedError if it cannot be loaded, or is invalid
 */
export async function loadDeployment(file: string): Promise<LoadedDeployment> {
  const path = resolve(file);
  const ending = extname(path);
  if (!ENDINGS.includes(ending)) {
    throw new UsageError(
      `a deployment is a module or a JSON file, got ${file}; use a file whose name ends in ${ENDINGS.join(', ')}`,
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new UsageError(
      `there is no deployment file ${file}; change to its folder, or name the file by --deployment or in DEPLOYMENT`,
    );
  }
  const declared = ending === '.json' ? readJson(path, file) : await loadModule(path, file);
  return { deployment: validate(declared, file), file: path, folder: dirname(path), name: parse(path).name };
}

function validate(declared: unknown, file: string): Deployment {
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) {
    const got = Array.isArray(declared) ? 'an array' : declared === null ? 'null' : `a ${typeof declared}`;
    throw new ExplainedError(
      declared === undefined
        ? `${file} has no default export; ${HOW_TO_EXPORT}`
        : `${file} must export a deployment, got ${got}; ${HOW_TO_EXPORT}`,
    );
  }
  try {
    return defineDeployment(declared as DeploymentInput);
  } catch (error) {
    throw named(error, file);
  }
}

function readJson(path: string, file: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ExplainedError(`${file} is not JSON: ${firstLine(error)}; correct it there`, { cause: error });
  }
}

async function loadModule(path: string, file: string): Promise<unknown> {
  try {
    return defaultExport(await requireOrImport(path));
  } catch (error) {
    throw isExplained(error) ? named(error, file) : explainFailure(error, path, file);
  }
}

/**
 * Loads by `require` if possible. With `require`, tsx loads CommonJS and ES modules, and both get the classes of this program. A
 * module with a top-level await needs `import`.
 */
async function requireOrImport(path: string): Promise<unknown> {
  if (extname(__filename) === '.js') {
    // A compiled program cannot load TypeScript by itself.
    await registerTypeScript(path);
  }
  try {
    return createRequire(__filename)(path);
  } catch (error) {
    if (!['ERR_REQUIRE_ASYNC_MODULE', 'ERR_PACKAGE_PATH_NOT_EXPORTED'].includes(errorCode(error))) {
      throw error;
    }
  }
  return importTypeScript(path);
}

/** A CommonJS module is its own default export. */
function defaultExport(loaded: unknown): unknown {
  const isModule = typeof loaded === 'object' && loaded !== null && (isNamespace(loaded) || '__esModule' in loaded);
  if (!isModule) {
    return loaded;
  }
  const { default: exported } = loaded as { default?: unknown };
  return typeof exported === 'object' && exported !== null && '__esModule' in exported
    ? (exported as { default?: unknown }).default
    : exported;
}

function isNamespace(loaded: object): boolean {
  return Object.prototype.toString.call(loaded) === '[object Module]';
}

/** Adds the name of the file to an error about a declaration. */
function named(error: unknown, file: string): unknown {
  const { name, problem } = error as { readonly name?: unknown; readonly problem?: unknown };
  return name === InvalidDeployment.name ? new InvalidDeployment(String(problem), file) : error;
}

function explainFailure(error: unknown, path: string, file: string): ExplainedError {
  const [, source, line, problem] = /^(.+?):(\d+):\d+: ERROR: (.+)$/m.exec(messageOf(error)) ?? [];
  if (source !== undefined && line !== undefined) {
    return new ExplainedError(
      `${file} does not compile: line ${line}${source === path ? '' : ` of ${relative('', source)}`}: ${problem ?? ''}; correct it there`,
      { cause: error },
    );
  }
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const at = stack.split(`${path}:`)[1]?.match(/^\d+/)?.[0];
  return new ExplainedError(
    `${file} cannot be loaded: ${at === undefined ? '' : `line ${at}: `}${firstLine(error)}; correct it there`,
    { cause: error },
  );
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n')[0] ?? '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
