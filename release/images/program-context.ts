import { copyFile, cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { unpack } from '../../lib/release/package-tarball';
import { PackageLock } from '../package-lock';
import type { ImageContext } from './image-context';
import { runtimePackages } from './runtime-packages';

const PROJECT = resolve(__dirname, '../..');

/** Programs of the image, and their files in `node_modules`. */
const PROGRAMS = {
  'webex-token-vault': 'webex-token-vault/scripts/webex-token-vault.js',
  'webex-token': 'webex-token-client/bin/webex-token.js',
} as const;

export interface ProgramContextProps {
  /** Folder of the context. It does not exist yet. */
  readonly folder: string;
  /** The packed package webex-token-vault. */
  readonly vault: string;
  /** The packed package webex-token-client. */
  readonly client: string;
}

/**
 * Stages the context of the program's image: the packed packages, and the installed packages that they load. `npm ci` has checked the
 * installed ones. No native code is among them, so one context serves every platform.
 */
export async function stageProgram({ folder, vault, client }: ProgramContextProps): Promise<ImageContext> {
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, '.bin'), { recursive: true });
  await mkdir(join(folder, 'state'));
  await copyFile(join(PROJECT, 'images/program/Dockerfile'), join(folder, 'Dockerfile'));
  const lock = new PackageLock(join(PROJECT, 'package-lock.json'));
  const needed = new Set(['', 'client'].flatMap((path) => runtimePackages(lock, path).map((each) => each.path)));
  for (const path of needed) {
    const from = join(PROJECT, path);
    // A package inside another one is staged only if it is needed itself.
    const isOwn = (file: string): boolean => file === from || !file.slice(from.length).startsWith('/node_modules');
    await cp(from, join(folder, path), { recursive: true, filter: isOwn });
  }
  await unpack(await readFile(vault), join(modules, 'webex-token-vault'));
  await unpack(await readFile(client), join(modules, 'webex-token-client'));
  for (const [name, file] of Object.entries(PROGRAMS)) {
    await symlink(join('..', file), join(modules, '.bin', name));
  }
  return { name: 'webex-token-vault', folder };
}
