import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { PREBUILT_PLATFORMS, type PrebuiltPlatform } from '../../lib/declaration/schema/platform';
import {
  BUILD_FLAGS,
  BUILD_SETTINGS,
  LINKER_FLAGS,
  pinsFolder,
  PLUGIN_COMMAND,
  sha256OfPins,
} from '../../lib/plugin/plugin-recipe';

/*
 * `plugin/checksums.json`: the inputs of the prebuilt plugins, and the sha256 of each. A release ships these bytes and no others.
 */

export const CHECKSUMS_FILE = resolve(__dirname, '../../plugin/checksums.json');

/** Command that writes the file. */
export const WRITE_CHECKSUMS = 'npm run plugin:checksums';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const checksums = z.strictObject({
  inputs: z.strictObject({
    go: z.string().regex(/^go\d/),
    module: sha256,
    command: z.string(),
    flags: z.array(z.string()),
    settings: z.record(z.string(), z.string()),
  }),
  sha256: z.record(z.enum(PREBUILT_PLATFORMS), sha256),
});

export type PluginChecksums = z.output<typeof checksums>;
export type BuildInputs = PluginChecksums['inputs'];

/** @throws Error if the file is missing or has another form */
export async function readChecksums(file = CHECKSUMS_FILE): Promise<PluginChecksums> {
  return checksums.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** The inputs of a build from this clone. @param go version of Go, like "go1.26.8" */
export function buildInputs(go: string): BuildInputs {
  return {
    go,
    module: sha256OfPins(pinsFolder()),
    command: PLUGIN_COMMAND,
    flags: [...BUILD_FLAGS, `-ldflags=${LINKER_FLAGS.join(' ')}`],
    settings: BUILD_SETTINGS,
  };
}

/** @throws Error if the binary is not the one of the checksums */
export async function requireChecksum(platform: PrebuiltPlatform, binary: string): Promise<void> {
  const [{ sha256: recorded }, actual] = [await readChecksums(), await sha256Of(binary)];
  if (recorded[platform] !== actual) {
    throw new Error(
      `the plugin for ${platform} must have sha256 ${recorded[platform]}, got ${actual} of ${binary}; build it with the recorded Go, or run ${WRITE_CHECKSUMS}`,
    );
  }
}

export async function sha256Of(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
