import { access, chmod, constants, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isPrebuilt, platformOf, type Platform } from '../declaration/schema/platform';
import { cachedFolder } from '../files/cache-folder';
import { goBuild, GoModule } from './go-build';
import { buildName, pinsFolder, PLUGIN_COMMAND, PLUGIN_NAME } from './plugin-recipe';

const OR_GIVE_IT = 'or set OAUTHAPP_PLUGIN to the binary';

export interface PluginBuildOptions {
  /** @default - this machine's platform */
  readonly platform?: Platform;
  /** Folder of the Go module. @default - this project's */
  readonly moduleFolder?: string;
  /** `PATH`, the cache folder's variables and Go's settings. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the build. @default - none */
  readonly signal?: AbortSignal;
}

/**
 * Builds the plugin from its pinned sources.
 *
 * @param workFolder an empty folder
 * @param report gets lines about slow steps
 * @returns path of the binary, in the work folder
 * @throws ExplainedError if Go is missing or the build fails
 */
export async function buildPlugin(
  workFolder: string,
  report: (line: string) => void,
  options: PluginBuildOptions = {},
): Promise<string> {
  const { platform, moduleFolder = pinsFolder(), env = process.env, signal } = options;
  const target = platform === undefined ? '' : ` for ${platform}`;
  const title = `the oauthapp plugin${target}${isPrebuilt(platform ?? platformOf(process)) ? '' : ', which is not prebuilt,'}`;
  const build = { module: new GoModule(moduleFolder), command: PLUGIN_COMMAND, title, orElse: OR_GIVE_IT, platform };
  const binary = await goBuild(build, workFolder, report, env, signal);
  await chmod(binary, 0o755);
  return binary;
}

/**
 * The plugin that Go builds on this machine, once.
 *
 * @returns path of the binary in the cache, alone in its folder
 * @throws ExplainedError if Go is missing or the build fails
 */
export async function builtPlugin(report: (line: string) => void, options: PluginBuildOptions = {}): Promise<string> {
  const { platform, moduleFolder = pinsFolder(), env = process.env } = options;
  const folder = await cachedFolder(
    {
      name: buildName(platform ?? platformOf(process), moduleFolder),
      isUsable: isPluginFolder,
      fill: async (target) => {
        const work = join(target, 'work');
        await mkdir(work);
        await rename(await buildPlugin(work, report, options), join(target, PLUGIN_NAME));
        await rm(work, { recursive: true });
      },
    },
    env,
  );
  return join(folder, PLUGIN_NAME);
}

/** Whether the plugin is alone in the folder, which can then be the server's `plugin_directory`. */
export async function isPluginFolder(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  const plugin = join(folder, PLUGIN_NAME);
  // A power failure can leave an empty file.
  return (
    names.length === 1 && names[0] === PLUGIN_NAME && (await isExecutable(plugin)) && (await stat(plugin)).size > 0
  );
}

export async function isExecutable(path: string): Promise<boolean> {
  return (await access(path, constants.X_OK).catch(() => 'refused')) === undefined;
}
