import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PYTHON_PACKAGE } from '../../release/python/cached-python';

const text = (name: string): string => readFileSync(join(PYTHON_PACKAGE, name), 'utf8');
const project = text('pyproject.toml');
const pinned = new Map(
  [...text('requirements-dev.txt').matchAll(/^([\w-]+)==(\S+)/gm)].map(([, name = '', version = '']) => [
    name,
    version,
  ]),
);

/** Names and versions in a list of the project file. */
function requirements(pattern: RegExp): [name: string, version: string][] {
  const [list = ''] = pattern.exec(project) ?? [];
  return [...list.matchAll(/"([\w-]+)(?:==|>=)([\d.]+)/g)].map(([, name = '', version = '']) => [
    name.replaceAll('_', '-'),
    version,
  ]);
}

it('the pins of the programs and of the backend are those of the project file', () => {
  const programs = [...requirements(/^requires = .*$/m), ...requirements(/^dev = .*$/m)];
  expect(programs.length).toBe(6);
  expect(programs.filter(([name, version]) => pinned.get(name) !== version)).toEqual([]);
});

it('the requirements have each SDK of an extra, with the hashes of all files', () => {
  const sdks = requirements(/^\[project\.optional-dependencies\]\n(?:.+\n)+/m);
  expect(sdks.map(([name]) => name).sort()).toEqual(['aiohttp', 'httpx', 'requests', 'webexpythonsdk', 'wxc-sdk']);
  expect(sdks.filter(([name]) => !pinned.has(name))).toEqual([]);
  const unhashed = text('requirements-dev.txt').match(/^[\w-]+==.*[^\\\n]$/gm) ?? [];
  expect(unhashed).toEqual([]);
});
