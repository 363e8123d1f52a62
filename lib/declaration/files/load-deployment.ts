import { statSync } from 'node:fs';
import { dirname, extname, parse, resolve } from 'node:path';
import { UsageError } from '#core';
import { InvalidDeployment } from '../checks/invalid-deployment';
import type { Deployment } from '../schema/deployment';
import { documentDeployment } from './formats/document-deployment';
import { moduleDeployment } from './formats/module-deployment';

const MODULES = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];
const DOCUMENTS = ['.yaml', '.yml', '.json'];

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
 * Loads a deployment: the default export of a module, or a file in YAML or JSON.
 *
 * @param file relative to the current folder
 * @throws UsageError if there is no such file; ExplainedError if it cannot be loaded, or is invalid
 */
export async function loadDeployment(file: string): Promise<LoadedDeployment> {
  const path = resolve(file);
  const ending = extname(path);
  if (![...MODULES, ...DOCUMENTS].includes(ending)) {
    throw new UsageError(
      `a deployment is a module, or a file in YAML or JSON, got ${file}; use a file whose name ends in ${[...MODULES, ...DOCUMENTS].join(', ')}`,
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new UsageError(
      `there is no deployment file ${file}; change to its folder, or name the file by --deployment or in DEPLOYMENT`,
    );
  }
  try {
    const deployment = DOCUMENTS.includes(ending) ? documentDeployment(path, file) : await moduleDeployment(path, file);
    return { deployment, file: path, folder: dirname(path), name: parse(path).name };
  } catch (error) {
    throw named(error, file);
  }
}

/** Adds the name of the file to an error about a declaration. A module may have another copy of the class. */
function named(error: unknown, file: string): unknown {
  const { name, problem } = error as { readonly name?: unknown; readonly problem?: unknown };
  return name === InvalidDeployment.name ? new InvalidDeployment(String(problem), file) : error;
}
