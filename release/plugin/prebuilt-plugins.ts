import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PREBUILT_PLATFORMS, type PrebuiltPlatform } from '../../lib/declaration/schema/platform';
import { programPlatform } from '../../lib/declaration/files/plugin-platform';
import { goEnvironment } from '../../lib/plugin/go-build';
import { buildPlugin } from '../../lib/plugin/plugin-build';
import { PLUGIN_NAME } from '../../lib/plugin/plugin-recipe';
import { lastLine, run } from '../../lib/processes/child-process';

/** Path of the binary of each platform. */
export type PrebuiltPlugins = Readonly<Record<PrebuiltPlatform, string>>;

/**
 * Builds the plugin for every platform. A warm cache of Go makes it a minute, an empty one ten.
 *
 * @param folder gets a folder for each platform, with the binary alone in it
 * @throws ExplainedError if Go is missing or a build fails
 */
export async function prebuiltPlugins(folder: string, report: (line: string) => void): Promise<PrebuiltPlugins> {
  const built: [PrebuiltPlatform, string][] = [];
  for (const platform of PREBUILT_PLATFORMS) {
    built.push([platform, await prebuiltPlugin(platform, folder, report)]);
  }
  return Object.fromEntries(built) as Record<PrebuiltPlatform, string>;
}

/** Builds the plugin for one platform. */
export async function prebuiltPlugin(
  platform: PrebuiltPlatform,
  folder: string,
  report: (line: string) => void,
): Promise<string> {
  const target = join(folder, platform.replace('/', '-'));
  const work = join(target, 'work');
  const binary = join(target, PLUGIN_NAME);
  await mkdir(work, { recursive: true });
  await rename(await buildPlugin(work, report, { platform }), binary);
  const built = programPlatform(binary);
  if (built !== platform) {
    throw new Error(`Go built ${binary} for ${built}, not for ${platform}; check its settings with "go env"`);
  }
  await chmod(binary, 0o755);
  await rm(work, { recursive: true });
  return binary;
}

/** Version of Go on PATH, like "go1.26.8". @returns undefined if there is no Go */
export async function goVersion(): Promise<string | undefined> {
  const { exitCode, stdout } = await run('go', ['env', 'GOVERSION'], { env: goEnvironment(process.env) });
  return exitCode === 0 ? lastLine(stdout) : undefined;
}
