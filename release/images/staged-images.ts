import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackedPackage } from '../packages/packed-package';
import type { ImageContext } from './image-context';
import { stagePlugin } from './plugin-context';
import { stageProgram } from './program-context';

/** Platforms of the images, in the words of npm and of Docker. */
const PLATFORMS = { 'linux/x64': 'linux/amd64', 'linux/arm64': 'linux/arm64' } as const;

export interface StagedImagesProps {
  /** Folder that gets a folder for each image. */
  readonly folder: string;
  /** The packages of one version, as they are published. */
  readonly packages: readonly Pick<PackedPackage, 'name' | 'tarball'>[];
  /** Binaries of the plugin by platform, such as `linux/x64`. Each one for Linux gets an image. */
  readonly plugins: Readonly<Record<string, string>>;
}

/** Stages the contexts of all images: the program for every platform, and the plugin for each platform of its binaries. */
export async function stageImages({ folder, packages, plugins }: StagedImagesProps): Promise<readonly ImageContext[]> {
  await mkdir(folder, { recursive: true });
  const tarballOf = (name: string): string => {
    const found = packages.find((each) => each.name === name);
    if (found === undefined) {
      throw new Error(`${name} is not among the packed packages ${packages.map((each) => each.name).join(', ')}`);
    }
    return found.tarball;
  };
  const contexts = [
    await stageProgram({
      folder: join(folder, 'program'),
      vault: tarballOf('webex-token-vault'),
      client: tarballOf('webex-token-client'),
    }),
  ];
  for (const [name, platform] of Object.entries(PLATFORMS)) {
    const plugin = plugins[name];
    if (plugin !== undefined) {
      contexts.push(await stagePlugin({ folder: join(folder, `plugin-${name.replace('/', '-')}`), plugin, platform }));
    }
  }
  return contexts;
}
