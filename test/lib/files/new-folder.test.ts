import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNewFolder } from '../../../lib/files/new-folder';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const FILES = { 'package.json': '{}', 'README.md': '# it' };

let home: string;
let folder: string;
beforeEach(() => {
  home = temporaryFolder();
  folder = join(home, 'made/here');
});

it('the files are written into a new folder, and the folders above are made', () => {
  writeNewFolder(folder, FILES);
  expect(readdirSync(folder).sort()).toEqual(['README.md', 'package.json']);
});

it.each([[], ['.git']])('a folder with only %j counts as empty', (...names: string[]) => {
  mkdirSync(folder, { recursive: true });
  names.forEach((name) => mkdirSync(join(folder, name)));
  writeNewFolder(folder, FILES);
  expect(readdirSync(folder)).toHaveLength(names.length + 2);
});

it('a folder with content is refused and stays as it is', () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'notes'), 'mine');
  expect(() => writeNewFolder(folder, FILES)).toThrow(
    `${folder} is not empty, because it has notes; name a folder that is new or empty`,
  );
  expect(readdirSync(folder)).toEqual(['notes']);
});

it('a file is refused, and a path through a file as well', () => {
  const file = join(home, 'file');
  writeFileSync(file, '');
  expect(() => writeNewFolder(file, FILES)).toThrow(`${file} is a file; name a folder that is new or empty`);
  expect(() => writeNewFolder(join(file, 'below'), FILES)).toThrow(
    `${join(file, 'below')} leads through a file; name a folder that is new or empty`,
  );
});

it('a file in a folder of the folder is written', () => {
  writeNewFolder(folder, { ...FILES, 'stack/main.tf.json': '{}' });
  expect(readdirSync(join(folder, 'stack'))).toEqual(['main.tf.json']);
});

it('a file that cannot be written leaves no other file and no folder', () => {
  expect(() =>
    writeNewFolder(folder, { 'below/deployment.ts': '', ...FILES, 'README.md/a/deployment.ts': '' }),
  ).toThrow(`${folder} leads through a file; name a folder that is new or empty`);
  expect(readdirSync(home)).toEqual([]);
});

it('the files of another run stay, and this run leaves nothing', () => {
  // The first file stands for one of another run, which was written after the check.
  expect(() => writeNewFolder(folder, { 'README.md': 'theirs', './README.md': 'ours' })).toThrow(
    `${folder} is not empty any more; another program has just written there, so name another folder`,
  );
  expect(readdirSync(home)).toEqual([]);
});
