import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, writeNewFolder } from '../../../../lib/terraform/ejection/new-folder';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

const FILES = { 'README.md': 'read\n', 'stack/main.tf.json': '{}\n' };

let home: string;
beforeEach(() => (home = temporaryFolder()));

function write(folder: string): void {
  writeNewFolder(newFolder(folder, home), FILES);
}

function expectWritten(folder: string): void {
  expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()).toEqual([
    'README.md',
    'stack',
    'stack/main.tf.json',
  ]);
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('read\n');
}

it('a folder that does not exist is written with its parents', () => {
  const folder = join(home, 'a/b');
  write(folder);
  expectWritten(folder);
  expect(readdirSync(join(home, 'a'))).toEqual(['b']);
});

it('an empty folder is filled and stays the same folder', () => {
  const folder = join(home, 'empty');
  mkdirSync(folder);
  const { ino } = statSync(folder);
  write(folder);
  expectWritten(folder);
  expect(statSync(folder).ino).toBe(ino);
});

it('a folder that is not empty is refused by the name of its content', () => {
  writeFileSync(join(home, 'notes'), '');
  mkdirSync(join(home, 'full'));
  writeFileSync(join(home, 'full/.git'), '');
  expect(() => newFolder(join(home, 'full'), home)).toThrow(
    /^the folder \S+full is not empty, because it has \.git, so nothing was written there; name an empty folder, or /,
  );
});

it('the folder of the deployment is refused, under any of its names', () => {
  expect(() => newFolder(join(home, 'a/..'), home)).toThrow(/ is the folder of the deployment itself, so nothing was /);
});

it.each([
  ['a file', (path: string) => writeFileSync(path, '')],
  ['a symbolic link', (path: string) => symlinkSync('elsewhere', path)],
])('%s is refused', (_, make) => {
  const path = join(home, 'taken');
  make(path);
  expect(() => newFolder(path, home)).toThrow(/^\S+taken is no folder, so nothing was written there; /);
});

it('a folder that cannot be made is refused, and nothing is left', () => {
  writeFileSync(join(home, 'file'), '');
  expect(() => writeNewFolder(join(home, 'file/folder'), FILES)).toThrow(
    /^the folder \S+file\/folder cannot be written \(E(?:NOTDIR|EXIST)\); choose another folder, or get the right to write in \S+file$/,
  );
  expect(readdirSync(home)).toEqual(['file']);
});

it('a failure in the middle leaves nothing, and no new parent', () => {
  const folder = join(home, 'a/b');
  expect(() => writeNewFolder(folder, { file: '', 'file/below': '' })).toThrow(/ cannot be written \(E/);
  expect(readdirSync(home)).toEqual([]);
});

it('a folder that somebody fills meanwhile is not replaced', () => {
  const folder = join(home, 'folder');
  const checked = newFolder(folder, home);
  const files = {
    ...FILES,
    get late() {
      mkdirSync(folder);
      writeFileSync(join(folder, 'theirs'), '');
      return '';
    },
  };
  expect(() => writeNewFolder(checked, files)).toThrow(/ cannot be written \(ENOTEMPTY\); /);
  expect(readdirSync(home)).toEqual(['folder']);
  expect(readdirSync(folder)).toEqual(['theirs']);
});
