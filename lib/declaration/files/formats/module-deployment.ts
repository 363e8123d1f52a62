import { createRequire } from 'node:module';
import { extname, relative } from 'node:path';
import { errorCode, ExplainedError, isExplained } from '#core';
import { checkedDeployment } from '../../checked-deployment';
import type { Deployment } from '../../schema/deployment';
import { importTypeScript, registerTypeScript } from './typescript-modules';

const HOW_TO_EXPORT = 'write "export default defineDeployment({ ... })"';

/**
 * Loads the deployment that a module exports by default.
 *
 * @param path absolute
 * @param file name of the file in messages
 * @throws ExplainedError if the module does not compile, throws, or exports something else
 */
export async function moduleDeployment(path: string, file: string): Promise<Deployment> {
  const declared = await loadModule(path, file);
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) {
    const got = Array.isArray(declared) ? 'an array' : declared === null ? 'null' : `a ${typeof declared}`;
    throw new ExplainedError(
      declared === undefined
        ? `${file} has no default export; ${HOW_TO_EXPORT}`
        : `${file} must export a deployment, got ${got}; ${HOW_TO_EXPORT}`,
    );
  }
  return checkedDeployment(declared);
}

async function loadModule(path: string, file: string): Promise<unknown> {
  try {
    return defaultExport(await requireOrImport(path));
  } catch (error) {
    throw isExplained(error) ? error : explainFailure(error, path, file);
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
