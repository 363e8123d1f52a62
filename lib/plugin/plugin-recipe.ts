import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/*
 * All that decides on the bytes of a build, beside Go itself. A clone and the packages have the pins in the folder `plugin`.
 */

export const PLUGIN_VERSION = '3.1.1';

/** File name of the plugin. */
export const PLUGIN_NAME = 'vault-plugin-secrets-oauthapp';

/** File name that tells builds apart, so a plugin directory can hold two of them during an upgrade. */
export function nameOfBuild(sha256: string): string {
  return `${PLUGIN_NAME}-${sha256.slice(0, 12)}`;
}

/** The Go package of the program. */
export const PLUGIN_COMMAND = `github.com/puppetlabs/vault-plugin-secrets-oauthapp/v3/cmd/${PLUGIN_NAME}`;

/** Files with the versions and the hashes of all modules. */
export const PINS = ['go.mod', 'go.sum'] as const;

/** Flags of every build. The same sources and the same Go give the same bytes in every folder. */
export const BUILD_FLAGS = ['-mod=readonly', '-trimpath', '-buildvcs=false'] as const;

/** Flags of the linker. A build id would depend on the compiler's own build. */
export const LINKER_FLAGS = ['-s', '-w', '-buildid='] as const;

/** Settings of every build, which change the bytes. */
export const BUILD_SETTINGS = {
  // A static binary also starts in the official server images, which have another C library.
  CGO_ENABLED: '0',
  GOAMD64: 'v1',
  GOARM64: 'v8.0',
  GOFIPS140: 'off',
} as const;

/** Folder of the Go module with the pins. It is found from the sources and from the compiled files. */
export function pinsFolder(start: string = __dirname): string {
  const folder = join(start, 'plugin');
  if (existsSync(join(folder, 'go.mod'))) {
    return folder;
  }
  if (dirname(start) === start) {
    throw new Error('the folder "plugin" with go.mod is missing; install the package again');
  }
  return pinsFolder(dirname(start));
}

/** Hash of the pins. */
export function sha256OfPins(folder: string): string {
  const hash = createHash('sha256');
  PINS.forEach((name) => hash.update(readFileSync(join(folder, name))));
  return hash.digest('hex');
}

/**
 * Name of a build in the cache folder. Other pins, flags or settings need a new build.
 *
 * @param platform such as "linux/x64"
 */
export function buildName(platform: string, folder: string): string {
  const recipe = createHash('sha256').update(sha256OfPins(folder));
  recipe.update(JSON.stringify([BUILD_FLAGS, LINKER_FLAGS, BUILD_SETTINGS]));
  return `oauthapp-${PLUGIN_VERSION}-${recipe.digest('hex').slice(0, 12)}-${platform.replace('/', '-')}`;
}
