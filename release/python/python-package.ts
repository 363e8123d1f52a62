import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { lastLine, run } from '../../lib/processes/child-process';
import type { Addresses } from '../project';
import { cachedPython, emptyPython } from './cached-python';

/** Date of all files, so the same sources give the same bytes. It is that of `npm pack`, 1985-10-26. */
const SOURCE_DATE_EPOCH = '499162500';

/** Builds the wheel and the source distribution by the pinned backend, without another program. */
const BUILD = 'import sys; from flit_core import buildapi as b; b.build_wheel(sys.argv[1]); b.build_sdist(sys.argv[1])';

/** Files of `python/` that the source distribution has. The tests need the servers of the clone. */
const PUBLISHED = ['LICENSE', 'README.md', 'pyproject.toml', 'src'];

export interface PythonPackageOptions {
  /** Gets `dist/` with the two files. */
  readonly folder: string;
  /** Folder of a clone. */
  readonly project: string;
  /** The version of the project. */
  readonly version: string;
  /** Addresses that PyPI shows. @default - none */
  readonly addresses?: Addresses;
  /** Gets a line about a slow step. @default - no report */
  readonly report?: (line: string) => void;
}

/**
 * Builds `webex-token-client` for Python, as it is published.
 *
 * @returns paths of the two files
 * @throws ExplainedError if Python is missing, or the backend refuses the sources
 */
export async function buildPythonPackage(
  options: PythonPackageOptions,
): Promise<{ readonly wheel: string; readonly source: string }> {
  const { folder, project } = options;
  const staged = join(folder, 'staged');
  const output = join(folder, 'dist');
  await mkdir(output, { recursive: true });
  await cp(join(project, 'python'), staged, {
    recursive: true,
    filter: (source) => !source.includes('__pycache__'),
  });
  for (const name of await readdir(staged)) {
    if (!PUBLISHED.includes(name)) {
      await rm(join(staged, name), { recursive: true });
    }
  }
  const file = join(staged, 'pyproject.toml');
  await writeFile(file, publishedProject(await readFile(file, 'utf8'), options));
  const env = { ...process.env, SOURCE_DATE_EPOCH };
  const { exitCode, stderr } = await run(await cachedPython(options.report), ['-B', '-c', BUILD, output], {
    cwd: staged,
    env,
  });
  if (exitCode !== 0) {
    throw new ExplainedError(`the Python package cannot be built: ${lastLine(stderr)}; correct python/pyproject.toml`);
  }
  // Python writes the version of a pre-release in another way.
  const built = async (suffix: string): Promise<string> =>
    join(output, (await readdir(output)).find((name) => name.endsWith(suffix)) ?? suffix);
  return { wheel: await built('.whl'), source: await built('.tar.gz') };
}

/** Installs the wheel in an empty environment, without an index. @throws ExplainedError if it cannot be imported */
export async function requireInstallable(wheel: string, folder: string): Promise<string> {
  const python = await emptyPython(folder);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-index', wheel];
  for (const args of [install, ['-c', 'import webex_token_client']]) {
    const { exitCode, stderr } = await run(python, args, { cwd: folder, env: { ...process.env, PIP_USER: '0' } });
    if (exitCode !== 0) {
      throw new ExplainedError(`the wheel ${wheel} does not install: ${lastLine(stderr)}; publish nothing`);
    }
  }
  return python;
}

/** The project file with the version of the release and its addresses. */
function publishedProject(text: string, { version, addresses }: PythonPackageOptions): string {
  const versioned = text.replace(/^version = ".*"$/m, `version = "${version}"`);
  if (addresses === undefined) {
    return versioned;
  }
  const urls = { Repository: addresses.repository, Homepage: addresses.homepage, Issues: addresses.bugs };
  const lines = Object.entries(urls).map(([name, url]) => `${name} = ${JSON.stringify(url)}\n`);
  return `${versioned}\n[project.urls]\n${lines.join('')}`;
}
