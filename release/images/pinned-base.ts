import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @param folder name of the image in `images/` @returns the base that its Dockerfile pins */
export async function pinnedBase(project: string, folder: string): Promise<string> {
  const dockerfile = await readFile(join(project, 'images', folder, 'Dockerfile'), 'utf8');
  const base = /^ARG BASE=(\S+)$/m.exec(dockerfile)?.[1];
  if (base === undefined) {
    throw new Error(`images/${folder}/Dockerfile has no line "ARG BASE=..."; add the pinned base`);
  }
  return base;
}
