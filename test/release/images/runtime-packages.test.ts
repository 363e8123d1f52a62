import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runtimePackages } from '../../../release/images/runtime-packages';
import { PackageLock } from '../../../release/package-lock';
import { PROJECT_FOLDER } from '../../fixtures/runs/project-folder';

const lock = new PackageLock(join(PROJECT_FOLDER, 'package-lock.json'));
const manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});
const { dependencies, peerDependencies, devDependencies } = manifest.parse(
  JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')),
);
const names = runtimePackages(lock, '').map(({ name }) => name);

describe('the packages of the program in the image', () => {
  it('the packages include each dependency except the compiler', () => {
    expect(Object.keys(dependencies).filter((name) => !names.includes(name))).toEqual(['tsx']);
  });

  it('the packages include dependencies of dependencies', () => {
    expect(names).toEqual(expect.arrayContaining(['@inquirer/core', 'axios', 'streamx', 'yocto-queue']));
  });

  it('the packages include neither CDKTF, nor tools of development, nor code for one platform', () => {
    const refused = [...Object.keys(peerDependencies), ...Object.keys(devDependencies), '@esbuild/linux-x64'];
    expect(names.filter((name) => refused.includes(name) || name.startsWith('bare-'))).toEqual([]);
  });

  it('a package that two others need is there once', () => {
    const paths = runtimePackages(lock, '').map(({ path }) => path);
    expect(paths).toEqual([...new Set(paths)]);
  });

  it('a folder without a package is an error', () => {
    expect(() => runtimePackages(lock, 'nothing')).toThrow('package-lock.json has no package at "nothing"');
  });
});
