import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Platform } from '../../lib/declaration/schema/platform';
import { goEnvironment } from '../../lib/plugin/go-build';
import { pinsFolder, PLUGIN_COMMAND } from '../../lib/plugin/plugin-recipe';
import { lastLine, run } from '../../lib/processes/child-process';

/*
 * The Go modules in the plugin, and their licenses. A license such as MPL-2.0 or BSD-3-Clause must come with the binary.
 */

/** A module of which the plugin has code. */
export interface LinkedModule {
  readonly path: string;
  readonly version: string;
  /** Folder of its sources in the module cache. */
  readonly folder: string;
}

const LICENSE_FILES = /^(?:licen[cs]e|copying|copyright|notice|patents|authors)/i;
const LINE = '='.repeat(80);
const LICENSE = /^(?:licen[cs]e|copying)/i;

const listed = z.strictObject({ path: z.string(), version: z.string(), folder: z.string().min(1) });
const goRoot = z.object({ GOROOT: z.string(), GOVERSION: z.string() });

/** @throws Error if Go cannot list them, such as without a network and with an empty module cache */
export async function linkedModules(platform: Platform): Promise<readonly LinkedModule[]> {
  const format =
    '{{with .Module}}{"path":{{printf "%q" .Path}},"version":{{printf "%q" .Version}},"folder":{{printf "%q" .Dir}}}{{end}}';
  const lines = await go(platform, 'list', '-deps', '-f', format, PLUGIN_COMMAND);
  const modules = new Set(lines.split('\n').filter((line) => line !== ''));
  const { GOROOT, GOVERSION } = goRoot.parse(JSON.parse(await go(platform, 'env', '-json', 'GOROOT', 'GOVERSION')));
  return [
    { path: 'The Go standard library', version: GOVERSION, folder: GOROOT },
    ...[...modules].sort().map((line) => listed.parse(JSON.parse(line))),
  ];
}

/**
 * The texts of all licenses, each once, below the modules that have it.
 *
 * @throws Error if a module has none
 */
export async function licensesOf(modules: readonly LinkedModule[]): Promise<string> {
  const owners = new Map<string, string[]>();
  for (const { path, version, folder } of modules) {
    const names = (await readdir(folder)).filter((name) => LICENSE_FILES.test(name) && !name.endsWith('.go')).sort();
    if (!names.some((name) => LICENSE.test(name))) {
      throw new Error(
        `Go module ${path} ${version} has no license file, and the plugin may not ship its code without one; ask its authors, or replace it`,
      );
    }
    for (const name of names) {
      const text = (await readFile(join(folder, name), 'utf8')).trim();
      owners.set(text, [...(owners.get(text) ?? []), `${path} ${version}, ${name}`]);
    }
  }
  return [...owners].map(([text, titles]) => `${LINE}\n${titles.join('\n')}\n${LINE}\n\n${text}\n`).join('\n');
}

async function go(platform: Platform, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run('go', args, {
    cwd: pinsFolder(),
    env: goEnvironment(process.env, platform),
  });
  if (exitCode !== 0) {
    throw new Error(`"go ${args[0]}" said "${lastLine(stderr)}"; check that Go is on PATH, and the network`);
  }
  return stdout;
}
