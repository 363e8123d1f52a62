import { existsSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ExplainedError } from '#core';
import { z } from 'zod';

const state = z.object({ resources: z.array(z.object({ mode: z.string() })).default([]) });

/**
 * Renames the file of a state, so that the stack starts with an empty one.
 *
 * @returns the new name, and the number of resources that Terraform manages in it
 * @throws ExplainedError if there is none, or Terraform has locked it
 */
export function setStateAside(stack: string, file: string) {
  if (!existsSync(file)) {
    throw new ExplainedError(
      `stack ${stack} has no state at ${file}, so there is nothing to archive; deploy it, or name its deployment with --deployment`,
    );
  }
  const lock = join(dirname(file), `.${basename(file)}.lock.info`);
  if (existsSync(lock)) {
    throw new ExplainedError(
      `Terraform is working on ${file}, or was killed; wait until it ends, or remove ${lock} if none is running`,
    );
  }
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const aside = `${file}.${now.replaceAll(':', '-')}`;
  const resources = countResources(file);
  renameSync(file, aside);
  return { file: aside, resources };
}

function countResources(file: string): number {
  try {
    return state.parse(JSON.parse(readFileSync(file, 'utf8'))).resources.filter(({ mode }) => mode === 'managed')
      .length;
  } catch (error) {
    throw new ExplainedError(`${file} is not a Terraform state, so it stays where it is; check the file`, {
      cause: error,
    });
  }
}
