import { createHash } from 'node:crypto';
import { access, chmod, constants, copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ExplainedError } from '#core';
import { isProgram, NO_PROGRAM } from '../../lib/declaration/files/plugin-binary';
import { cachedFolder } from '../../lib/files/cache-folder';
import { goBuild, GoModule } from './go-build';

const OR_GIVE_IT = 'or set OAUTHAPP_PLUGIN to the binary';

const VERSION = '3.1.1';
const NAME = 'vault-plugin-secrets-oauthapp';

const MODULE = resolve(__dirname, '../../plugin');
const COMMAND = 'github.com/puppetlabs/vault-plugin-secrets-oauthapp/v3/cmd/vault-plugin-secrets-oauthapp';

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
  const module = new GoModule(options.moduleFolder ?? MODULE);
  if (env.OAUTHAPP_PLUGIN) {
    return givenPlugin(resolve(env.OAUTHAPP_PLUGIN), report, env);
  }
  const folder = await cachedFolder(
    {
      // A new version of a dependency needs a new build.
      name: `oauthapp-${VERSION}-${await module.pins()}-${process.platform}-${process.arch}`,
      isUsable: isPluginFolder,
      fill: async (target) => {
        const work = join(target, 'work');
        await mkdir(work);
        const built = { module, command: COMMAND, title: 'the oauthapp plugin', orElse: OR_GIVE_IT };
        const binary = await goBuild(built, work, report, env, options.signal);
        await chmod(binary, 0o755);
        await rename(binary, join(target, NAME));
        await rm(work, { recursive: true });
      },
    },
    env,
  );
  report(`using the oauthapp plugin ${VERSION} from the cache: ${join(folder, NAME)}`);
  return join(folder, NAME);
}

/** The given file, or a copy if its name is different or other files are beside it. */
async function givenPlugin(path: string, report: (line: string) => void, env: NodeJS.ProcessEnv): Promise<string> {
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
        await copyFile(path, join(target, NAME));
        await chmod(join(target, NAME), 0o755);
      },
    },
    env,
  );
  return join(folder, NAME);
}

async function isPluginFolder(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  const plugin = join(folder, NAME);
  // A power failure can leave an empty file.
  return names.length === 1 && names[0] === NAME && (await isExecutable(plugin)) && (await stat(plugin)).size > 0;
}

async function isExecutable(path: string): Promise<boolean> {
  return (await access(path, constants.X_OK).catch(() => 'refused')) === undefined;
}
