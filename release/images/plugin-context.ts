import { chmod, copyFile, mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { nameOfBuild, PLUGIN_NAME } from '../../lib/plugin/plugin-recipe';
import { sha256Of } from '../plugin/checksums';
import type { ImageContext } from './image-context';

const DOCKERFILE = resolve(__dirname, '../../images/plugin/Dockerfile');

export interface PluginContextProps {
  /** Folder of the context. It does not exist yet. */
  readonly folder: string;
  /** The plugin's binary, for the platform of the image. */
  readonly plugin: string;
  /** Platform of that binary, in Docker's words, such as `linux/amd64`. @default - the one of the base */
  readonly platform?: string;
  /** Further binaries in the folder `/plugins`, by their file names there. An upgrade on Kubernetes needs two. @default - none */
  readonly beside?: Readonly<Record<string, string>>;
}

/** Stages the context of the plugin's image. */
export async function stagePlugin({
  folder,
  plugin,
  platform,
  beside = {},
}: PluginContextProps): Promise<ImageContext> {
  const plugins = join(folder, 'files/plugins');
  await mkdir(plugins, { recursive: true });
  await copyFile(DOCKERFILE, join(folder, 'Dockerfile'));
  await copyProgram(plugin, join(folder, 'files', PLUGIN_NAME));
  for (const name of [PLUGIN_NAME, nameOfBuild(await sha256Of(plugin))]) {
    await symlink(join('..', PLUGIN_NAME), join(plugins, name));
  }
  for (const [name, binary] of Object.entries(beside)) {
    await copyProgram(binary, join(plugins, name));
  }
  return { name: 'webex-token-vault-plugin', folder, platform };
}

async function copyProgram(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o755);
}
