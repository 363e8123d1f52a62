import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorCode, ExplainedError } from '#core';

/*
 * Modules in TypeScript, by tsx. The image of the program has no tsx, because it would need a compiler for each platform. Its Node reads
 * TypeScript by itself.
 */

const TYPESCRIPT = ['.ts', '.mts', '.cts'];

/** Whether this Node reads TypeScript, as 22.18 and later do. */
function nodeReadsTypeScript(): boolean {
  const { typescript } = process.features as { readonly typescript?: unknown };
  return Boolean(typescript);
}

/**
 * Makes `require` load TypeScript.
 *
 * @param file name of the module in messages
 * @param tsx gives the part of tsx for `require` @default - the installed one
 * @throws ExplainedError if nothing here can load the module
 */
export async function registerTypeScript(
  file: string,
  tsx: () => Promise<{ readonly register: () => unknown }> = () => import('tsx/cjs/api'),
  isReadByNode: () => boolean = nodeReadsTypeScript,
): Promise<void> {
  const found = await tsx().catch(undefinedIfMissing);
  if (found === undefined && TYPESCRIPT.includes(extname(file)) && !isReadByNode()) {
    throw new ExplainedError(
      `${file} is TypeScript, but tsx is not installed here, and Node ${process.versions.node} cannot read it; take Node 24, or declare in YAML or JSON`,
    );
  }
  found?.register();
}

/** Imports a module that `require` cannot load, for example because of a top-level await. */
export async function importTypeScript(path: string): Promise<unknown> {
  const tsx = await import('tsx/esm/api').catch(undefinedIfMissing);
  const unregister = tsx?.register();
  try {
    return await import(pathToFileURL(path).href);
  } finally {
    await unregister?.();
  }
}

function undefinedIfMissing(error: unknown): undefined {
  if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(errorCode(error))) {
    throw error;
  }
}
