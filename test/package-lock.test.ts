import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const home = join(__dirname, '..');
const names = z.record(z.string(), z.string()).default({});

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      optionalDependencies: names,
      integrity: z.string().optional(),
      inBundle: z.boolean().default(false),
      link: z.boolean().default(false),
    }),
  ),
});

/** Places where Node looks for a package, nearest first. */
function* lookups(from: string, name: string): Generator<string> {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    yield `${folder}/node_modules/${name}`.replace(/^\//, '');
    if (folder === '') {
      return;
    }
  }
}

describe.each([
  'package-lock.json',
  'site/package-lock.json',
  'release/registry/package-lock.json',
  'test/fixtures/packages/webex-core/package-lock.json',
])('%s', (name) => {
  const text = readFileSync(join(home, name), 'utf8');
  const { packages } = lockFile.parse(JSON.parse(text));

  it('the lock file has the builds of every platform, which "npm ci" requires', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies).filter((name) => ![...lookups(path, name)].some((found) => found in packages)),
    );

    expect(missing).toEqual([]);
  });

  it('the lock file has a hash of each fetched package', () => {
    const unhashed = Object.entries(packages).filter(
      ([path, { integrity, inBundle, link }]) =>
        path.includes('node_modules/') && !link && !inBundle && !/^sha512-/.test(integrity ?? ''),
    );
    expect(unhashed.map(([path]) => path)).toEqual([]);
  });

  it('the lock file names no registry', () => {
    expect(text).not.toMatch(/"resolved": "\w+:/);
  });
});

describe.each([
  '',
  'core',
  'client',
  'create',
  'samples',
  'rehearsal',
  'site',
  'release/registry',
  'test/fixtures/packages/webex-core',
])('%s/package.json', (folder) => {
  const { dependencies, devDependencies, scripts } = z
    .object({ dependencies: names, devDependencies: names, scripts: names })
    .parse(JSON.parse(readFileSync(join(home, folder, 'package.json'), 'utf8')));

  it('the package pins each dependency to one version', () => {
    const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version),
    );
    expect(ranges).toEqual([]);
  });

  it('the package runs no script when it is installed', () => {
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
    expect(hooks.filter((hook) => hook in scripts)).toEqual([]);
  });
});

describe('the packages of this project', () => {
  const manifest = z.object({
    name: z.string(),
    version: z.string(),
    private: z.boolean(),
    workspaces: z.string().array().default([]),
  });
  const read = (folder: string) => manifest.parse(JSON.parse(readFileSync(join(home, folder, 'package.json'), 'utf8')));
  const project = read('');
  const { packages } = lockFile.parse(JSON.parse(readFileSync(join(home, 'package-lock.json'), 'utf8')));

  it('every workspace has the version of the project, and none can be published from the clone', () => {
    const workspaces = project.workspaces.map(read);
    expect(workspaces.map(({ version }) => version)).toEqual(workspaces.map(() => project.version));
    expect([project, ...workspaces].filter((each) => !each.private)).toEqual([]);
  });

  it('the lock file fetches no package of ours, because a stranger could own its name before the first release', () => {
    const ours = Object.entries(packages).filter(([path]) =>
      /(?:^|node_modules\/)(?:create-|@)?webex-token/.test(path),
    );
    expect(ours.map(([, { link }]) => link)).toEqual(project.workspaces.map(() => true));
  });
});

it('no script of a dependency runs when it is installed', () => {
  const settings = readFileSync(join(home, '.npmrc'), 'utf8').split('\n');
  expect(settings).toEqual(expect.arrayContaining(['ignore-scripts=true', 'save-exact=true']));
});

it('the modules of the plugin are pinned by hash, and none is replaced', () => {
  const [module, sums] = ['go.mod', 'go.sum'].map((name) => readFileSync(join(home, 'plugin', name), 'utf8'));
  const required = [...(module ?? '').matchAll(/^\s+(\S+\.\S+) (v\S+)/gm)];
  expect(required.length).toBeGreaterThan(20);
  expect(required.filter(([, path, version]) => !sums?.includes(`${path ?? ''} ${version ?? ''}/go.mod h1:`))).toEqual(
    [],
  );
  expect(module).not.toMatch(/^\s*replace\b/m);
});
