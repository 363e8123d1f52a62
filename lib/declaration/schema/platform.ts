import { quotedList } from '#core';
import { similarName } from './similar-name';

/*
 * Platforms of the plugin, as `os/cpu` with Node's names. Go has other names for some of them.
 */

/** Platforms whose plugin is prebuilt. A release has a package for each. */
export const PREBUILT_PLATFORMS = ['linux/x64', 'linux/arm64', 'darwin/x64', 'darwin/arm64'] as const;
export type PrebuiltPlatform = (typeof PREBUILT_PLATFORMS)[number];

/** Platforms on which Vault or OpenBao runs. Go can build the plugin for each. */
export const PLATFORMS = [
  ...PREBUILT_PLATFORMS,
  'linux/arm',
  'linux/ia32',
  'linux/ppc64',
  'linux/riscv64',
  'linux/s390x',
  'freebsd/x64',
  'freebsd/arm64',
  'openbsd/x64',
] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Names in Go, Docker and `uname`. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  amd64: 'x64',
  x86_64: 'x64',
  aarch64: 'arm64',
  armv8: 'arm64',
  386: 'ia32',
  ppc64le: 'ppc64',
  macos: 'darwin',
  mac: 'darwin',
  osx: 'darwin',
};

const GOARCH: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

export function isPlatform(word: string): word is Platform {
  return (PLATFORMS as readonly string[]).includes(word);
}

export function isPrebuilt(platform: string): platform is PrebuiltPlatform {
  return (PREBUILT_PLATFORMS as readonly string[]).includes(platform);
}

/** The platform of a machine or of a process. */
export function platformOf({ platform, arch }: { readonly platform: string; readonly arch: string }): string {
  return `${platform}/${arch}`;
}

/** The problem of a word that names no platform, and its correction. */
export function platformProblem(word: string): string {
  const translated = word
    .toLowerCase()
    .split('/')
    .map((part) => OTHER_NAMES[part] ?? part)
    .join('/');
  const meant = isPlatform(translated) ? translated : similarName(translated, PLATFORMS);
  const advice = meant === undefined ? `; use one of ${quotedList(PLATFORMS)}` : `; did you mean "${meant}"?`;
  return `must be a platform such as "linux/x64", got "${word}"${advice}`;
}

/** Settings of Go that build for this platform. */
export function goPlatform(platform: Platform): { readonly GOOS: string; readonly GOARCH: string } {
  const [os = '', cpu = ''] = platform.split('/');
  return { GOOS: os, GOARCH: GOARCH[cpu] ?? cpu };
}
