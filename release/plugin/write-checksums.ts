import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PREBUILT_PLATFORMS } from '../../lib/declaration/schema/platform';
import { buildInputs, CHECKSUMS_FILE, sha256Of, type PluginChecksums } from './checksums';
import { goVersion, prebuiltPlugins } from './prebuilt-plugins';

/*
 * "npm run plugin:checksums" builds the plugin for all platforms, and writes plugin/checksums.json. A folder as argument keeps
 * the binaries: "npm run plugin:checksums -- FOLDER".
 */

async function main(kept?: string): Promise<void> {
  const go = await goVersion();
  if (go === undefined) {
    throw new Error('the plugin is built with Go, but "go" is not on PATH; install the Go of plugin/README.md');
  }
  const folder = kept === undefined ? await mkdtemp(join(tmpdir(), 'webex-token-vault-plugins-')) : resolve(kept);
  try {
    const plugins = await prebuiltPlugins(folder, (line) => process.stderr.write(`${line}\n`));
    const sha256: Partial<PluginChecksums['sha256']> = {};
    for (const platform of PREBUILT_PLATFORMS) {
      sha256[platform] = await sha256Of(plugins[platform]);
      process.stdout.write(`${sha256[platform]}  ${platform}\n`);
    }
    await writeFile(CHECKSUMS_FILE, `${JSON.stringify({ inputs: buildInputs(go), sha256 }, undefined, 2)}\n`);
  } finally {
    if (kept === undefined) {
      await rm(folder, { recursive: true });
    }
  }
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
