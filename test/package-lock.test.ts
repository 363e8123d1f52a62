import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const home = join(__dirname, '..');
const names = z.record(z.string(), z.string()).default({});

const { packages } = z
  .object({ packages: z.record(z.string(), z.object({ optionalDependencies: names })) })
  .parse(JSON.parse(readFileSync(join(home, 'package-lock.json'), 'utf8')));

/** Where Node would look for a package, nearest first. */
function* lookups(from: string, name: string): Generator<string> {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    yield `${folder}/node_modules/${name}`.replace(/^\//, '');
    if (folder === '') {
      return;
    }
  }
}

describe('package-lock.json', () => {
  it('locks the builds of every platform, without which "npm ci" refuses it', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies).filter((name) => ![...lookups(path, name)].some((found) => found in packages)),
    );

    expect(missing).toEqual([]);
  });

  it('names no registry', () => {
    expect(readFileSync(join(home, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "\w+:/);
  });
});
