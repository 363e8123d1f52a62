import { createHash } from 'node:crypto';
import { access, copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { lastLine, run } from '../../lib/processes/child-process';
import { cachedFolder } from '../../lib/files/cache-folder';

const FILES = ['package.json', 'package-lock.json'];

/** The last file that `npm ci` writes. */
const INSTALLED = 'node_modules/.package-lock.json';

/**
 * The folder in the cache in which verdaccio is installed. It is installed there first, if necessary.
 *
 * @param report gets a line about a slow step
 * @throws ExplainedError if npm cannot install it
 */
export async function installedVerdaccio(report: (line: string) => void = () => undefined): Promise<string> {
  const lock = await readFile(join(__dirname, 'package-lock.json'));
  const pins = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  return cachedFolder({
    name: `registry-${pins}`,
    isUsable: (folder) => exists(join(folder, INSTALLED)),
    fill: async (folder) => {
      report('installing verdaccio, a registry for packages (60 MB, once)');
      await Promise.all(FILES.map((file) => copyFile(join(__dirname, file), join(folder, file))));
      const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
      const { exitCode, stderr } = await run('npm', args, { cwd: folder });
      if (exitCode !== 0) {
        throw new ExplainedError(
          `verdaccio could not be installed: npm said "${lastLine(stderr, /code|E[A-Z]+/)}"; check the network and the registry that "npm config get registry" prints`,
        );
      }
    },
  });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
