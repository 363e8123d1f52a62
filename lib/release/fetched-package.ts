import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ExplainedError, oneLine } from '#core';
import { cachedFolder, makeCacheRoot } from '../files/cache-folder';
import { lastLine, run } from '../processes/child-process';
import type { PublishedPackage } from './own-release';
import { integrityOf, isUnpacked, unpack } from './package-tarball';

/*
 * Packages of ours that are fetched when they are needed. npm fetches them, so its settings count: registry, proxy,
 * certificates. The hash in our own package decides whether the content is used.
 */

/** The tarball in the folder of its files, which it verifies at each use. */
const KEPT = 'package.tgz';

/** npm's default waits a minute for a registry that is down. */
const IMPATIENT = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=1000'];

/** Part of npm's output about a failure, with `--json`. */
const npmFailure = z.object({ error: z.object({ summary: z.string().min(1) }) });

export interface FetchOptions {
  /** `PATH`, npm's settings and the cache folder's variables. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets a line about a download. @default - none */
  readonly report?: (line: string) => void;
  /** Ends a download. @default - none */
  readonly signal?: AbortSignal;
}

/**
 * Folder of a package that was published with this one, in the cache. It is fetched first if necessary. A tarball of
 * `npm pack` in the cache folder is taken too.
 *
 * @throws ExplainedError if it cannot be fetched, or has another hash
 */
export async function fetchedPackage(wanted: PublishedPackage, options: FetchOptions = {}): Promise<string> {
  const { env = process.env, report = () => undefined, signal } = options;
  const root = await makeCacheRoot(env);
  return cachedFolder(
    {
      name: `${tarballName(wanted).replace(/\.tgz$/, '')}-${shortHash(wanted)}`,
      isUsable: (folder) => isUnchanged(folder, wanted),
      fill: async (folder) => {
        const carried = await readFile(join(root, tarballName(wanted))).catch(() => undefined);
        const tarball = carried ?? (await download(wanted, root, env, report, signal));
        const integrity = integrityOf(tarball);
        if (integrity !== wanted.integrity) {
          const from = carried === undefined ? "npm's registry" : root;
          throw new ExplainedError(
            `${specOf(wanted)} from ${from} has the hash ${integrity}, and this release has ${wanted.integrity}, so it was not unpacked; look at the registry of "npm config get registry", and report this`,
          );
        }
        await unpack(tarball, folder);
        await writeFile(join(folder, KEPT), tarball);
      },
    },
    env,
  );
}

/** Whether the cache still has what was fetched. Another program may have written there. */
async function isUnchanged(folder: string, { integrity }: PublishedPackage): Promise<boolean> {
  const tarball = await readFile(join(folder, KEPT)).catch(() => undefined);
  return tarball !== undefined && integrityOf(tarball) === integrity && (await isUnpacked(tarball, folder));
}

/** Such as `@webex-token-vault/rehearsal@1.0.0`. */
function specOf({ name, version }: PublishedPackage): string {
  return `${name}@${version}`;
}

/** The file that `npm pack` writes. */
function tarballName({ name, version }: PublishedPackage): string {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}

function shortHash({ integrity }: PublishedPackage): string {
  return Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex').slice(0, 12);
}

async function download(
  wanted: PublishedPackage,
  root: string,
  env: NodeJS.ProcessEnv,
  report: (line: string) => void,
  signal?: AbortSignal,
): Promise<Buffer> {
  const spec = specOf(wanted);
  report(`fetching ${spec} from npm's registry`);
  const folder = await mkdtemp(join(root, '.partial-fetched-'));
  try {
    const args = ['pack', spec, '--json', '--ignore-scripts', '--pack-destination', folder, ...IMPATIENT];
    const { exitCode, stdout, stderr } = await run('npm', args, { env, signal });
    signal?.throwIfAborted();
    const [file] = await readdir(folder);
    if (exitCode !== 0 || file === undefined) {
      const said = exitCode === 127 ? 'npm is not on PATH' : `npm said "${failureIn(stdout, stderr)}"`;
      throw new ExplainedError(
        `${spec} cannot be fetched: ${said}; check the network and "npm config get registry". Or run this where a registry answers, and copy the file to ${root}: npm pack ${spec}`,
        { cause: new Error(stderr) },
      );
    }
    return await readFile(join(folder, file));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function failureIn(stdout: string, stderr: string): string {
  try {
    return oneLine(npmFailure.parse(JSON.parse(stdout)).error.summary);
  } catch {
    return lastLine(stderr, /^npm (?:error|ERR!) (?!A complete log)/) || lastLine(stderr);
  }
}
