import { createHash } from 'node:crypto';
import { chmod, copyFile, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExplainedError } from '#core';
import { isProgram, NO_PROGRAM } from '../../lib/declaration/files/plugin-binary';
import { cachedFolder } from '../../lib/files/cache-folder';
import { givenPlugin } from '../../lib/plugin/default-plugin';
import { builtPlugin, isExecutable, isPluginFolder } from '../../lib/plugin/plugin-build';
import { PLUGIN_NAME, PLUGIN_VERSION } from '../../lib/plugin/plugin-recipe';

export interface FindOauthappPluginOptions {
  /** `OAUTHAPP_PLUGIN`, `PATH`, the cache folder's variables and Go's settings. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Folder of the plugin's Go module. @default - this project's */
  readonly moduleFolder?: string;
  /** Ends a build. @default - none */
  readonly signal?: AbortSignal;
}

/**
 * Path of the plugin binary, alone in a folder that can be the server's `plugin_directory`. It comes from
 * `OAUTHAPP_PLUGIN`, the cache or a build.
 *
 * @param report gets a line about the choice, and about slow steps
 * @throws ExplainedError if `OAUTHAPP_PLUGIN` is unusable or the build fails
 */
export async function findOauthappPlugin(
  report: (line: string) => void = () => undefined,
  options: FindOauthappPluginOptions = {},
): Promise<string> {
  const { env = process.env } = options;
  const given = givenPlugin(env);
  if (given !== undefined) {
    return pluginFolderOf(given, report, env);
  }
  const plugin = await builtPlugin(report, options);
  report(`using the oauthapp plugin ${PLUGIN_VERSION} from the cache: ${plugin}`);
  return plugin;
}

/** The given file, or a copy if its name is different or other files are beside it. */
async function pluginFolderOf(path: string, report: (line: string) => void, env: NodeJS.ProcessEnv): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) {
    const problem = found === undefined ? 'does not exist or cannot be reached' : 'is not a file';
    throw new ExplainedError(
      `OAUTHAPP_PLUGIN names ${path}, which ${problem}; set it to the plugin binary, or unset it`,
    );
  }
  if (!isProgram(path)) {
    throw new ExplainedError(
      `OAUTHAPP_PLUGIN names ${path}, which is not a program: ${NO_PROGRAM}; set it to the plugin binary, or unset it`,
    );
  }
  if (!(await isExecutable(path))) {
    throw new ExplainedError(`OAUTHAPP_PLUGIN names ${path}, which is not executable; run: chmod +x ${path}`);
  }
  report(`using the oauthapp plugin that OAUTHAPP_PLUGIN names: ${path}`);
  if (await isPluginFolder(dirname(path))) {
    return path;
  }
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  const folder = await cachedFolder(
    {
      name: `oauthapp-given-${sha256.slice(0, 16)}`,
      isUsable: isPluginFolder,
      fill: async (target) => {
        await copyFile(path, join(target, PLUGIN_NAME));
        await chmod(join(target, PLUGIN_NAME), 0o755);
      },
    },
    env,
  );
  return join(folder, PLUGIN_NAME);
}
