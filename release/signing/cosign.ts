import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { cachedFolder, cacheRoot } from '../../lib/files/cache-folder';
import { goEnvironment } from '../../lib/plugin/go-build';
import { lastLine, run } from '../../lib/processes/child-process';

/** Checked by Go's checksum database. */
const VERSION = 'v3.1.3';
const COMMAND = 'github.com/sigstore/cosign/v3/cmd/cosign';

const NAME = `cosign-${VERSION}-${process.platform}-${process.arch}`;

function entry(report: (line: string) => void) {
  return {
    name: NAME,
    isUsable: (folder: string) =>
      access(join(folder, 'cosign'), constants.X_OK).then(
        () => true,
        () => false,
      ),
    fill: async (folder: string) => {
      report(`building cosign ${VERSION} with go (ten minutes on two processors, once)`);
      const args = ['install', '-trimpath', '-ldflags=-s -w', `${COMMAND}@${VERSION}`];
      const env = { ...goEnvironment(process.env), GOFLAGS: '-mod=mod', GOBIN: folder };
      const { exitCode, stderr } = await run('go', args, { env });
      if (exitCode === 127) {
        throw new ExplainedError('cosign is built with Go, but "go" is not on PATH; install the Go of plugin/go.mod');
      }
      if (exitCode !== 0) {
        throw new ExplainedError(
          `"go install" of cosign said "${lastLine(stderr)}"; check the network, or the version of Go`,
        );
      }
    },
  };
}

/** Path of cosign in the cache. It is built there first, if necessary. @throws ExplainedError if it cannot be built */
export async function installedCosign(report: (line: string) => void = () => undefined): Promise<string> {
  return join(await cachedFolder(entry(report)), 'cosign');
}

/** Whether the cache has cosign. A test does not build it. */
export function isCosignCached(): boolean {
  return existsSync(join(cacheRoot(), NAME, 'cosign'));
}
