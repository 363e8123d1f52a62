import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../declaration/schema/platform';
import { fetchedPackage, type FetchOptions } from '../release/fetched-package';
import { ownRelease } from '../release/own-release';
import { keepPlugin, PACKAGED_PLUGIN, releasedPlugin, type PluginPlaces } from './default-plugin';
import { builtPlugin } from './plugin-build';

/**
 * The plugin for a platform: prebuilt, from the installed package, the cache or npm's registry. A clone builds it by Go, and so does
 * a release that has none for the platform.
 *
 * @returns path in the cache. The bytes of a prebuilt plugin have the sha256 of the release.
 * @throws ExplainedError if it cannot be fetched or built, or was changed after the release
 */
export async function fetchedPlugin(
  platform: Platform,
  { env = process.env, report = () => undefined, signal }: FetchOptions,
  places: PluginPlaces = {},
): Promise<string> {
  const { release = ownRelease() } = places;
  const published = release?.plugins[platform];
  if (published === undefined) {
    return builtPlugin(report, { platform, env, signal });
  }
  const here = releasedPlugin(platform, published, { ...places, env });
  if (here !== undefined) {
    return here;
  }
  const folder = await fetchedPackage(published, { env, report, signal });
  try {
    return keepPlugin(join(folder, PACKAGED_PLUGIN), platform, published, env);
  } finally {
    await rm(folder, { recursive: true });
  }
}
