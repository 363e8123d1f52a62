import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from 'webex-token-client/core';
import { lastLine, run } from '../child-process';

/** Names of a release's files, as the plugin's `scripts/dist` gives them. */
const NAME = 'vault-plugin-secrets-oauthapp-v3.1.1';

/** Where the plugin's authors publish their builds. */
export const RELEASE_URL = 'https://github.com/puppetlabs/vault-plugin-secrets-oauthapp/releases/download/v3.1.1';

const TIMEOUT_MS = 300_000;

/** What is released, in Go's words, by the platform in Node's. */
const RELEASES: Record<string, string> = {
  'linux-x64': 'linux-amd64',
  'linux-ia32': 'linux-386',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-arm',
  'darwin-x64': 'darwin-amd64',
  'freebsd-x64': 'freebsd-amd64',
};

/**
 * Downloads the plugin's official release and checks it against the checksum published with it.
 *
 * @param workFolder an empty folder
 * @param platform like "linux-x64"
 * @returns path of the binary, in the work folder
 * @throws ExplainedError where there is no release, or it cannot be had, or it does not match
 */
export async function downloadOauthappPlugin(
  workFolder: string,
  report: (line: string) => void,
  { releaseUrl, platform, env }: { releaseUrl: string; platform: string; env: NodeJS.ProcessEnv },
): Promise<string> {
  const release = RELEASES[platform];
  if (release === undefined) {
    throw new ExplainedError(`there is no release for ${platform}`);
  }
  const member = `${NAME}-${release}`;
  const archiveUrl = `${releaseUrl}/${member}.tar.xz`;
  report(`downloading the oauthapp plugin's official release for ${release}`);
  const checksums = (await download(`${archiveUrl}.sha256.asc`)).toString('utf8');
  const expected = /^([0-9a-f]{64})\b/m.exec(checksums)?.[1];
  if (expected === undefined) {
    throw new ExplainedError(`${archiveUrl}.sha256.asc holds no sha256`);
  }
  const archive = await download(archiveUrl);
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual !== expected) {
    throw new ExplainedError(`${archiveUrl} has sha256 ${actual}, not the published ${expected}`);
  }
  const file = join(workFolder, 'release.tar.xz');
  await writeFile(file, archive);
  // Only the one member, whatever else an archive may hold.
  const { exitCode, stderr } = await run('tar', ['-xJf', file, '-C', workFolder, member], { env });
  if (exitCode !== 0) {
    throw new ExplainedError(`"tar -xJf" of the release said "${lastLine(stderr)}"`);
  }
  return join(workFolder, member);
}

async function download(url: string): Promise<Buffer> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) {
      return Buffer.from(await response.arrayBuffer());
    }
  } catch (error) {
    const { cause, message } = error as Error;
    const code = (cause as NodeJS.ErrnoException | undefined)?.code;
    throw new ExplainedError(`${url} cannot be downloaded (${code ?? message})`);
  }
  throw new ExplainedError(`${url} answers ${response.status}`);
}
